package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.Typed;
import dev.staithe.cli.dev.Report;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code dev} says and does without daemons that work; those are started by the multi-node tests. */
final class DevCommandsTest {
    @TempDir
    private Path directory;

    private Typed dev(Map<String, String> variables, String... typed) {
        return Typed.run(variables, "", typed);
    }

    private Map<String, String> withEngine() {
        return Map.of("DOCKER_HOST", "unix://" + directory.resolve("no.sock"));
    }

    @Test
    void whatIsToBeTypedNextNamesTheSameDirectory() {
        Report report = new Report(Path.of("/srv/staithe"), "127.0.0.1:7171", List.of());

        assertThat(DevUp.text(report, true, Duration.ofSeconds(4), " --directory /srv/staithe"))
                .contains("staithe dev down --directory /srv/staithe   (containers keep running; --purge removes all)");
        assertThat(DevUp.text(report, true, Duration.ofSeconds(4), ""))
                .contains("staithe dev down            (containers", "staithe run -p 8080 IMAGE   (an image");
    }

    @Test
    void statusOfWhatDoesNotRunNamesItsPlacesAndExitsWith8() {
        Typed typed = dev(
                Map.of(),
                "dev",
                "status",
                "--directory",
                directory.resolve("dev").toString());

        assertThat(typed.exitCode()).isEqualTo(8);
        assertThat(typed.out())
                .contains(
                        "controlplane: STOPPED",
                        "agent: STOPPED",
                        directory.resolve("dev/logs/agent.log").toString());
        assertThat(dev(
                                Map.of(),
                                "dev",
                                "status",
                                "-o",
                                "json",
                                "--directory",
                                directory.resolve("dev").toString())
                        .out())
                .contains("\"healthy\": false", "\"pid\": 0", "\"running\": false");
    }

    @Test
    void downOfWhatDoesNotRunChangesNothing() {
        Typed typed = dev(
                Map.of(), "dev", "down", "--directory", directory.resolve("dev").toString());

        assertThat(typed).isEqualTo(new Typed(0, "Staithe does not run\n", ""));
        assertThat(directory.resolve("dev")).doesNotExist();
    }

    @Test
    void upNeedsAContainerEngine() {
        Typed typed = dev(
                withEngine(),
                "dev",
                "up",
                "--directory",
                directory.resolve("dev").toString());

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err())
                .startsWith("error: no container engine answers at unix://" + directory.resolve("no.sock"))
                .contains("try: install and start Docker");
    }

    @Test
    void upNamesTheProcessThatHasThePort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EngineThatOnlyAnswers engine = new EngineThatOnlyAnswers(directory.resolve("engine.sock"))) {
            Typed typed = dev(
                    Map.of("DOCKER_HOST", engine.address()),
                    "dev",
                    "up",
                    "--port",
                    String.valueOf(taken.getLocalPort()),
                    "--directory",
                    directory.resolve("dev").toString());

            assertThat(typed.exitCode()).isEqualTo(1);
            assertThat(typed.err())
                    .startsWith("error: port " + taken.getLocalPort() + " is taken by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void upShowsTheEndOfTheLogOfADaemonThatDies() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (EngineThatOnlyAnswers engine = new EngineThatOnlyAnswers(directory.resolve("engine.sock"))) {
            // The class path of this test has no control plane: Java says so and ends.
            Typed typed = dev(
                    Map.of("DOCKER_HOST", engine.address()),
                    "dev",
                    "up",
                    "--port",
                    String.valueOf(free),
                    "--directory",
                    directory.resolve("dev").toString());

            assertThat(typed.exitCode()).isEqualTo(1);
            assertThat(typed.err())
                    .startsWith("error: the controlplane ended as soon as it was started; its log ends with:\n")
                    .contains("dev.staithe.controlplane.Main", "try: the whole log: ");
            assertThat(Files.readString(directory.resolve("dev/controlplane.yaml")))
                    .contains("listen: 127.0.0.1:" + free, "type: local")
                    .contains("secretsKeyFile: '" + directory.resolve("dev/secrets.key") + "'");
            assertThat(Files.getPosixFilePermissions(directory.resolve("dev/secrets.key")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Base64.getDecoder()
                            .decode(Files.readAllLines(directory.resolve("dev/secrets.key"))
                                    .getLast()))
                    .hasSize(32);
        }
    }

    @Test
    void aProcessFileOfAnotherProcessIsNotTrusted() throws Exception {
        Path dev = Files.createDirectories(directory.resolve("dev"));
        ProcessHandle self = ProcessHandle.current();
        Files.writeString(
                dev.resolve("agent.pid"),
                self.pid() + "\n" + self.info().startInstant().orElseThrow() + "\n");

        Typed typed = dev(Map.of(), "dev", "down", "--directory", dev.toString());

        assertThat(typed.out()).isEqualTo("Staithe does not run\n");
        assertThat(self.isAlive()).isTrue();
    }

    @Test
    void purgeOfWhatDoesNotRunRemovesTheData() throws Exception {
        Path dev = Files.createDirectories(directory.resolve("dev"));
        Files.createDirectories(dev.resolve("logs"));
        Files.writeString(dev.resolve("logs/agent.log"), "x");

        Typed typed = dev(Map.of(), "dev", "down", "--purge", "--directory", dev.toString());

        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(dev).doesNotExist();
    }

    /** Answers OK to whatever is asked. */
    private static final class EngineThatOnlyAnswers implements AutoCloseable {
        private final ServerSocketChannel server;
        private final Path socket;

        EngineThatOnlyAnswers(Path socket) throws IOException {
            this.socket = socket;
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> {
                try {
                    while (server.isOpen()) {
                        try (var client = server.accept()) {
                            client.read(ByteBuffer.allocate(1000));
                            client.write(
                                    ByteBuffer.wrap("HTTP/1.0 200 OK\r\n\r\nOK".getBytes(StandardCharsets.US_ASCII)));
                        }
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
        }

        String address() {
            return "unix://" + socket;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
