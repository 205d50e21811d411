package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.cli.FakeControlPlane;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.ExecRequest;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.proto.v1.ExecStarted;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process itself, in a terminal that {@code script} makes for it. */
@Timeout(120)
final class TaskExecTerminalTest {
    private static final String CONTROL_C = "\u0003";

    @Test
    void everyKeyGoesToTheCommandAndTheTerminalIsAsBeforeAfterwards() throws Exception {
        try (FakeControlPlane controlPlane = new FakeControlPlane()) {
            controlPlane.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
                switch (request.getKindCase()) {
                    case BEGIN ->
                        answers.onNext(ExecResponse.newBuilder()
                                .setStarted(ExecStarted.getDefaultInstance())
                                .build());
                    case STDIN -> {
                        answers.onNext(ExecResponse.newBuilder()
                                .setStdout(ByteString.copyFromUtf8("got " + hex(request.getStdin()) + "\r\n"))
                                .build());
                        if (request.getStdin().toStringUtf8().contains(CONTROL_C)) {
                            answers.onNext(
                                    ExecResponse.newBuilder().setExitCode(130).build());
                            answers.onCompleted();
                        }
                    }
                    case STDIN_CLOSED, SIZE, KIND_NOT_SET -> {}
                }
            });

            String command = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp "
                    + System.getProperty("java.class.path") + " dev.staithe.cli.Main --server "
                    + controlPlane.address() + " task exec -it 9f3a -- sh";
            Process terminal = new ProcessBuilder(
                            "script",
                            "-qec",
                            "stty rows 33 cols 101; stty -g; " + command + "; code=$?; stty -g; exit $code",
                            "/dev/null")
                    .redirectErrorStream(true)
                    .start();
            try (OutputStream keys = terminal.getOutputStream()) {
                while (controlPlane.requests().stream().noneMatch(TaskExecTerminalTest::isSize)) {
                    Thread.onSpinWait();
                }
                keys.write(CONTROL_C.getBytes(StandardCharsets.US_ASCII));
                keys.flush();
                String shown = new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(terminal.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(terminal.exitValue()).as(shown).isEqualTo(130);
                assertThat(shown).contains("got 03\r\n");
                String[] lines = shown.strip().split("\r?\n", -1);
                assertThat(lines[lines.length - 1])
                        .as("the terminal's settings")
                        .isEqualTo(lines[0]);
            } finally {
                terminal.destroyForcibly();
            }
            ExecBegin begin = controlPlane.requests().stream()
                    .filter(ExecRequest.class::isInstance)
                    .map(request -> ((ExecRequest) request).getBegin())
                    .findFirst()
                    .orElseThrow();
            assertThat(begin.getTty() && begin.getInteractive()).isTrue();
            assertThat(begin.getSize().getColumns()).isEqualTo(101);
            assertThat(begin.getSize().getRows()).isEqualTo(33);
        }
    }

    /** Said once the terminal is the command's. */
    private static boolean isSize(Object request) {
        return request instanceof ExecRequest exec && exec.hasSize();
    }

    private static String hex(ByteString bytes) {
        StringBuilder text = new StringBuilder();
        bytes.forEach(b -> text.append("%02x".formatted(b)));
        return text.toString();
    }
}
