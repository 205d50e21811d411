package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.ExecRequest;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.proto.v1.ExecStarted;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TaskExecTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void printsWhatTheCommandWritesAndExitsAsItDoes() {
        controlPlane.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
            answers.onNext(ExecResponse.newBuilder()
                    .setStarted(ExecStarted.getDefaultInstance())
                    .build());
            answers.onNext(ExecResponse.newBuilder().setStdout(bytes("out\n")).build());
            answers.onNext(ExecResponse.newBuilder().setStderr(bytes("err\n")).build());
            answers.onNext(ExecResponse.newBuilder().setExitCode(42).build());
            answers.onCompleted();
        });

        Typed typed = Typed.run(controlPlane, "task", "exec", "9f3a", "--container", "app", "--", "ls", "-it", "/");

        assertThat(typed.exitCode()).isEqualTo(42);
        assertThat(typed.out()).isEqualTo("out\n");
        assertThat(typed.err()).isEqualTo("err\n");
        ExecBegin begin = controlPlane.last(ExecRequest.class).getBegin();
        assertThat(begin.getTask()).isEqualTo("9f3a");
        assertThat(begin.getContainer()).isEqualTo("app");
        assertThat(begin.getCommandList()).containsExactly("ls", "-it", "/");
        assertThat(begin.getTty() || begin.getInteractive()).isFalse();
        assertThat(begin.getClaimedUser()).isEqualTo(System.getProperty("user.name"));
    }

    @Test
    void handsItsInputOnOnceTheCommandRuns() {
        controlPlane.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
            switch (request.getKindCase()) {
                case BEGIN ->
                    answers.onNext(ExecResponse.newBuilder()
                            .setStarted(ExecStarted.getDefaultInstance())
                            .build());
                case STDIN ->
                    answers.onNext(ExecResponse.newBuilder()
                            .setStdout(request.getStdin())
                            .build());
                case STDIN_CLOSED -> {
                    answers.onNext(ExecResponse.newBuilder().setExitCode(0).build());
                    answers.onCompleted();
                }
                case SIZE, KIND_NOT_SET -> throw new AssertionError(request);
            }
        });
        String input = "some input\n".repeat(20_000);

        Typed typed = Typed.run(Typed.variables(controlPlane), input, "task", "exec", "-i", "9f3a", "--", "cat");

        assertThat(typed.exitCode()).isZero();
        assertThat(typed.out()).isEqualTo(input);
    }

    @Test
    void goesToTheLeader() {
        try (FakeControlPlane follower = new FakeControlPlane()) {
            follower.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
                throw FakeControlPlane.refusal(
                        Status.Code.FAILED_PRECONDITION,
                        "NOT_LEADER",
                        "elsewhere",
                        Map.of("leader", controlPlane.address()));
            });
            controlPlane.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
                answers.onNext(ExecResponse.newBuilder().setExitCode(3).build());
                answers.onCompleted();
            });

            Typed typed = Typed.run(follower, "task", "exec", "9f3a", "--", "true");

            assertThat(typed.err()).isEmpty();
            assertThat(typed.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void saysHowToAllowIt() {
        controlPlane.stream(ExecGrpc.getRunMethod(), (request, answers) -> {
            throw FakeControlPlane.refusal(
                    Status.Code.FAILED_PRECONDITION, "EXECUTE_COMMAND_NOT_ENABLED", "not enabled", Map.of());
        });

        Typed typed = Typed.run(controlPlane, "task", "exec", "9f3a", "--", "true");

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err())
                .startsWith("error: not enabled\ntry: staithe service update NAME --enable-execute-command");
    }

    @Test
    void refusesATerminalWhereThereIsNone() {
        Typed typed = Typed.run(controlPlane, "task", "exec", "-it", "9f3a", "--", "sh");

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).contains("-t: standard input is not a terminal");
    }

    @Test
    void refusesNothingToRun() {
        Typed typed = Typed.run(controlPlane, "task", "exec", "9f3a");

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).contains("COMMAND is missing").contains("-- sh");
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
