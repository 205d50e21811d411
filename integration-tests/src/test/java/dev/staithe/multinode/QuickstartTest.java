package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of a newcomer, with the scripts, the command line and the daemons as they are shipped. */
final class QuickstartTest {
    private static final Path DEPLOY = Path.of("").toAbsolutePath().resolveSibling("deploy");
    private static final Pattern PAGE = Pattern.compile("Hello from task ([0-9a-f]{32}) \\(web:1\\)");

    @TempDir
    Path temporary;

    private Path directory;
    private int port;

    @BeforeEach
    void choosePlace() throws IOException {
        directory = temporary.resolve("quickstart");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void removeEverything() throws Exception {
        quickstart("down");
    }

    @Test
    void servesThreePagesChangesNothingTheSecondTimeAndLeavesNothing() throws Exception {
        Result first = quickstart("up");
        Result second = quickstart("up");
        List<String> tasks = tasks(first);
        List<String> containersBefore = containers(tasks);
        Result down = quickstart("down");

        assertThat(first.exit()).as(first.output()).isZero();
        assertThat(tasks).as(first.output()).hasSize(3).doesNotHaveDuplicates();
        assertThat(second.exit()).as(second.output()).isZero();
        assertThat(tasks(second)).containsExactlyInAnyOrderElementsOf(tasks);
        assertThat(second.output())
                .contains("it runs: API at 127.0.0.1:" + port, "there already: web:1", "it runs web:1 already");
        assertThat(containersBefore).hasSize(3);
        assertThat(down.exit()).as(down.output()).isZero();
        assertThat(containers(tasks)).isEmpty();
        assertThat(directory).doesNotExist();
    }

    @Test
    void namesTheProcessThatHasThePort() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Result up = quickstart("up");

            assertThat(up.exit()).isEqualTo(1);
            assertThat(up.output())
                    .contains("error: port " + taken.getLocalPort()
                            + ", where the API is to listen, is taken by java (pid "
                            + ProcessHandle.current().pid() + ")");
        }
    }

    private static List<String> tasks(Result result) {
        return PAGE.matcher(result.output())
                .results()
                .map((MatchResult page) -> page.group(1))
                .toList();
    }

    private List<String> containers(List<String> tasks) throws Exception {
        List<String> running = run("docker", "ps", "--all", "--format", "{{.Label \"dev.staithe.task\"}}")
                .output()
                .lines()
                .toList();
        return tasks.stream().filter(running::contains).toList();
    }

    private Result quickstart(String verb) throws Exception {
        return run(DEPLOY.resolve("quickstart").toString(), verb);
    }

    private Result run(String... command) throws Exception {
        File output = Files.createTempFile(temporary, "output", ".txt").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().put("STAITHE_QUICKSTART_PORT", String.valueOf(port));
        builder.environment().put("STAITHE_QUICKSTART_DIRECTORY", directory.toString());
        Process process = builder.start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output.toPath()));
    }

    private record Result(int exit, String output) {}
}
