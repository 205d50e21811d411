package dev.staithe.cli.dev;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One of the background processes of a standalone Staithe.
 *
 * <p>Its process file names a process by id and start time. A process is taken for the daemon, and only then ever
 * signalled, when both agree and it runs the daemon's main class: ids are used again after a reboot.
 */
final class Daemon {
    private static final Duration SAME_START = Duration.ofSeconds(2);
    private static final long MOST_LOG_BYTES = 16L * 1024 * 1024;

    private final String name;
    private final String program;
    private final String mainClass;
    private final Layout layout;

    Daemon(String name, String program, String mainClass, Layout layout) {
        this.name = name;
        this.program = program;
        this.mainClass = mainClass;
        this.layout = layout;
    }

    String name() {
        return name;
    }

    Path configFile() {
        return layout.directory().resolve(name + ".yaml");
    }

    Path logFile() {
        return layout.logs().resolve(name + ".log");
    }

    private Path pidFile() {
        return layout.directory().resolve(name + ".pid");
    }

    /** The process, when it runs. */
    Optional<ProcessHandle> process() {
        try {
            List<String> lines = Files.readAllLines(pidFile());
            long pid = Long.parseLong(lines.get(0).strip());
            Instant started = Instant.parse(lines.get(1).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(process -> isOurs(process, started));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private boolean isOurs(ProcessHandle process, Instant started) {
        boolean sameStart = process.info()
                .startInstant()
                .filter(at -> Duration.between(at, started).abs().compareTo(SAME_START) <= 0)
                .isPresent();
        boolean sameProgram = process.info()
                .arguments()
                .filter(arguments -> Arrays.asList(arguments).contains(mainClass)
                        && Arrays.asList(arguments).contains(configFile().toString()))
                .isPresent();
        return sameStart && sameProgram;
    }

    /** Starts it in a session of its own, so that neither the end of this process nor of the terminal reaches it. */
    Process start(Map<String, String> variables) {
        try {
            rotateLog();
            ProcessBuilder builder = new ProcessBuilder(command(variables));
            // The launcher's flags for this program are not the daemon's.
            builder.environment().put("STAITHE_JAVA_OPTIONS", String.join(" ", options(variables)));
            Process process = builder.directory(layout.directory().toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .redirectErrorStream(true)
                    .start();
            Instant started = process.info().startInstant().orElse(Instant.EPOCH);
            Files.writeString(pidFile(), process.pid() + "\n" + started + "\n");
            return process;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "cannot start the " + name + ": " + Layout.reason(e),
                    "check " + layout.directory(),
                    e);
        }
    }

    /** By the launcher that started this program: it knows what flags suit the daemon. Without it, as this program runs. */
    private List<String> command(Map<String, String> variables) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        String launcher = variables.getOrDefault("STAITHE_LAUNCHER", "");
        if (!launcher.isEmpty()) {
            command.addAll(List.of(launcher, program));
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED"));
            if (Runtime.version().feature() >= 23) {
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.addAll(options(variables));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        }
        command.addAll(List.of("--config", configFile().toString()));
        return command;
    }

    private static List<String> options(Map<String, String> variables) {
        String options = variables.getOrDefault("STAITHE_DAEMON_OPTIONS", "").strip();
        return options.isEmpty() ? List.of() : List.of(options.split("\\s+", -1));
    }

    private void rotateLog() throws IOException {
        if (Files.exists(logFile()) && Files.size(logFile()) > MOST_LOG_BYTES) {
            Files.move(logFile(), layout.logs().resolve(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Asks the process to end, and ends it when it does not within the limit. */
    void stop(ProcessHandle process, Duration limit) throws IOException {
        process.destroy();
        if (!endsWithin(process, limit)) {
            process.destroyForcibly();
            endsWithin(process, Duration.ofSeconds(10));
        }
        Files.deleteIfExists(pidFile());
    }

    /** Waits for the process to end; answers whether it has. Also how this program lets a moment pass beside it. */
    static boolean endsWithin(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The last lines of its log. */
    List<String> lastLines(int count) {
        try {
            List<String> lines = new String(Files.readAllBytes(logFile()), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }
}
