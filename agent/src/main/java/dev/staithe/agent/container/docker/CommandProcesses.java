package dev.staithe.agent.container.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processes of one command, as the host sees them: the one that the engine started, which leads a session of its own,
 * and all others of that session. What a command has put into a session of its own on purpose is left alone.
 *
 * <p>Only processes are touched that are in the container's own control group: so nothing happens when the agent does not
 * see the processes that the engine speaks of, or sees others under their numbers.
 */
final class CommandProcesses {
    private static final Path PROC = Path.of("/proc");

    /** Of /proc/PID/stat, behind the name in brackets: state, parent, group, session. */
    private static final int SESSION = 3;

    private final long leader;
    private final String containerId;

    /** @param leader the number of the command's process on the host */
    CommandProcesses(long leader, String containerId) {
        this.leader = leader;
        this.containerId = containerId;
    }

    /** As when a terminal goes away, or politely where there was none. */
    void hangUp(boolean terminal) throws IOException, InterruptedException {
        List<ProcessHandle> found = find();
        if (found.isEmpty()) {
            return;
        }
        if (!terminal) {
            found.forEach(ProcessHandle::destroy);
            return;
        }
        // Java can send two signals, and this is neither.
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -HUP \"$@\"", "sh"));
        found.forEach(process -> command.add(Long.toString(process.pid())));
        Process kill = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!kill.waitFor(1, TimeUnit.SECONDS)) {
            kill.destroyForcibly();
        }
    }

    /** Whatever they say. */
    void kill() {
        find().forEach(ProcessHandle::destroyForcibly);
    }

    /** Those that run now. */
    List<ProcessHandle> find() {
        return ProcessHandle.allProcesses().filter(this::isOurs).toList();
    }

    private boolean isOurs(ProcessHandle process) {
        Path directory = PROC.resolve(Long.toString(process.pid()));
        try {
            String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", SESSION + 2);
            return fields.length > SESSION
                    && fields[SESSION].equals(Long.toString(leader))
                    && !fields[0].equals("Z")
                    && Files.readString(directory.resolve("cgroup")).contains(containerId);
        } catch (IOException | RuntimeException gone) {
            return false;
        }
    }
}
