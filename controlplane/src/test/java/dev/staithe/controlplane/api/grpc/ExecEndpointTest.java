package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import dev.staithe.controlplane.api.grpc.Edge.Refusal;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.ExecOutput;
import dev.staithe.proto.v1.ClusterEvent;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.ExecRequest;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.proto.v1.ExecStarted;
import dev.staithe.proto.v1.TerminalSize;
import dev.staithe.proto.v1.WatchClusterRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over the wire. What waits for another thread is ended by the time-out. */
@Timeout(60)
final class ExecEndpointTest {
    private static final String TASK = "a".repeat(32);
    private static final ExecBegin LS = ExecBegin.newBuilder()
            .setTask("aaaa")
            .addCommand("ls")
            .addCommand("-l")
            .build();

    private final Edge edge;
    private final Caller caller = new Caller();

    ExecEndpointTest() throws IntentException {
        edge = new Edge();
    }

    @BeforeEach
    void aTaskThatRuns() throws IntentException {
        Service web = edge.world.created("web", 1);
        Task task = World.task(web, TASK, TaskStatus.RUNNING);
        edge.world.put(task.with(
                        false,
                        TaskStatus.RUNNING,
                        2,
                        "",
                        "",
                        List.of(new TaskContainer(
                                "main",
                                "c1",
                                "RUNNING",
                                OptionalInt.empty(),
                                "",
                                List.of(),
                                Health.UNKNOWN,
                                "",
                                false,
                                "",
                                0)),
                        task.times())
                .marked(new Task.Marks(List.of(), 0, false, List.of(), "", true)));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void relaysACommandFromItsBeginningToItsExitCode() {
        caller.begins(LS.toBuilder().setTty(true).setInteractive(true).setSize(size(80, 24)));
        Edge.Hosts.Asked asked = asked();
        ExecAsk order = asked.ask().getExec();
        assertThat(asked.instanceId()).isEqualTo("1".repeat(32));
        assertThat(order.getTaskId()).isEqualTo(TASK);
        assertThat(order.getContainer()).isEqualTo("main");
        assertThat(order.getCommandList()).containsExactly("ls", "-l");
        assertThat(order.getTty() && order.getInteractive()).isTrue();
        assertThat(order.getSize().getColumns()).isEqualTo(80);

        asked.answers().answered(Answer.newBuilder().setExecStarted(true).build());
        asked.answers().answered(output("out", false));
        asked.answers().answered(output("err", true));
        asked.answers().answered(Answer.newBuilder().setEnd(true).setExitCode(3).build());
        caller.waitsForTheEnd();

        assertThat(caller.responses)
                .containsExactly(
                        ExecResponse.newBuilder()
                                .setStarted(
                                        ExecStarted.newBuilder().setTask(TASK).setContainer("main"))
                                .build(),
                        ExecResponse.newBuilder()
                                .setStdout(ByteString.copyFromUtf8("out"))
                                .build(),
                        ExecResponse.newBuilder()
                                .setStderr(ByteString.copyFromUtf8("err"))
                                .build(),
                        ExecResponse.newBuilder().setExitCode(3).build());
        until(() -> edge.hosts.inputs.stream().anyMatch(i -> i.getOutputTaken() == 6));
    }

    @Test
    void handsOnWhatTheCallerSendsInItsOrder() {
        caller.begins(LS.toBuilder().setInteractive(true));
        asked();
        caller.sends(ExecRequest.newBuilder().setStdin(ByteString.copyFromUtf8("ab")));
        caller.sends(ExecRequest.newBuilder().setSize(size(100, 30)));
        caller.sends(ExecRequest.newBuilder().setStdinClosed(true));

        until(() -> edge.hosts.inputs.size() == 3);
        assertThat(edge.hosts.inputs)
                .containsExactly(
                        ExecInput.newBuilder()
                                .setStdin(ByteString.copyFromUtf8("ab"))
                                .build(),
                        ExecInput.newBuilder().setSize(size(100, 30)).build(),
                        ExecInput.newBuilder().setStdinClosed(true).build());
    }

    @Test
    void takesNoMoreInputThanTheHostHasRoomFor() {
        caller.begins(LS.toBuilder().setInteractive(true));
        Answers answers = asked().answers();
        ExecRequest.Builder chunk = ExecRequest.newBuilder().setStdin(ByteString.copyFrom(new byte[64 << 10]));
        for (int i = 0; i < 10; i++) {
            caller.sends(chunk);
        }

        until(() -> edge.hosts.inputs.size() == 2);
        answers.answered(Answer.newBuilder().setExecInputTaken(64 << 10).build());
        until(() -> edge.hosts.inputs.size() == 3);
        answers.answered(Answer.newBuilder().setExecInputTaken(3 * (64 << 10)).build());
        until(() -> edge.hosts.inputs.size() == 5);
        assertThat(edge.hosts.inputs).hasSize(5);
    }

    @Test
    void whenTheCallerHangsUpTheHostIsTold() {
        caller.begins(LS);
        asked();

        caller.hangsUp();

        until(() -> !edge.hosts.cancelled.isEmpty());
    }

    @Test
    void saysWhoRanWhatAndHowItEnded() {
        Iterator<ClusterEvent> watch = Edge.patient(EventsGrpc.newBlockingStub(edge.channel()))
                .watchCluster(WatchClusterRequest.newBuilder()
                        .addDetailTypes("Staithe Command Execution")
                        .build());
        ClusterEvent bookmark = watch.next();

        caller.begins(LS.toBuilder().addCommand("it's").setClaimedUser("ada"));
        Answers answers = asked().answers();
        Struct begun = watch.next().getDetail();
        answers.answered(Answer.newBuilder().setEnd(true).setExitCode(3).build());
        ClusterEvent end = watch.next();

        assertThat(text(begun, "eventName")).isEqualTo("COMMAND_STARTED");
        assertThat(text(begun, "taskId")).isEqualTo(TASK);
        assertThat(text(begun, "container")).isEqualTo("main");
        assertThat(text(begun, "command")).isEqualTo("ls -l 'it'\\''s'");
        assertThat(text(begun, "claimedUser")).isEqualTo("ada");
        assertThat(text(begun, "callerAddress")).startsWith("127.0.0.1:");
        assertThat(text(end.getDetail(), "eventName")).isEqualTo("COMMAND_ENDED");
        assertThat(end.getDetail().getFieldsOrThrow("exitCode").getNumberValue())
                .isEqualTo(3);
        assertThat(end.getResourcesList()).containsExactly("task/" + TASK);
        assertThat(end.getId()).startsWith(bookmark.getId() + "+");
    }

    @Test
    void refusesWhatWasNotEnabledAndSaysHow() {
        edge.world.put(edge.world.state().task(TASK).orElseThrow().marked(Task.Marks.NONE));
        caller.begins(LS);

        Refusal refusal = caller.refusal();
        assertThat(refusal.info().getReason()).isEqualTo("EXECUTE_COMMAND_NOT_ENABLED");
        assertThat(refusal.message()).contains("set it on service web, and start its tasks anew");
        assertThat(edge.hosts.asked).isEmpty();
    }

    @Test
    void refusesAContainerThatDoesNotRun() throws IntentException {
        edge.world.put(World.task(edge.world.state().services().iterator().next(), TASK, TaskStatus.PENDING)
                .marked(new Task.Marks(List.of(), 0, false, List.of(), "", true)));
        caller.begins(LS);

        assertThat(caller.refusal().message())
                .isEqualTo("container main of task " + TASK + " does not run (the task is PENDING)");
    }

    @Test
    void refusesWhatIsNoCommand() {
        caller.begins(ExecBegin.newBuilder().setTask("aaaa").setSize(size(0, 1)));

        assertThat(caller.refusal().fields()).containsExactly("command", "size");
    }

    @Test
    void refusesInputBeforeTheBeginning() {
        caller.sends(ExecRequest.newBuilder().setStdinClosed(true));

        assertThat(caller.refusal().message())
                .isEqualTo("kind: STDIN_CLOSED (expected: begin in the first message, and only there)");
    }

    @Test
    void namesTheLeaderWhereItDoesNotLead() {
        edge.leader.failsWith(IntentException.notLeader("elsewhere:7070"));
        caller.begins(LS);

        assertThat(caller.refusal().info().getMetadataMap()).containsEntry("leader", "elsewhere:7070");
    }

    @Test
    void saysThatTheHostCannotBeReached() {
        caller.begins(LS);
        asked().answers().answered(Answers.failure("the agent of host-a is not connected"));

        assertThat(caller.refusal().info().getReason()).isEqualTo("AGENT_UNREACHABLE");
    }

    private static TerminalSize size(int columns, int rows) {
        return TerminalSize.newBuilder().setColumns(columns).setRows(rows).build();
    }

    private static Answer output(String text, boolean stderr) {
        return Answer.newBuilder()
                .addExec(ExecOutput.newBuilder().setStderr(stderr).setData(ByteString.copyFromUtf8(text)))
                .build();
    }

    private static String text(Struct detail, String field) {
        return detail.getFieldsOrThrow(field).getStringValue();
    }

    private Edge.Hosts.Asked asked() {
        until(() -> !edge.hosts.asked.isEmpty());
        return edge.hosts.asked.getFirst();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** Whoever runs a command. */
    private final class Caller implements ClientResponseObserver<ExecRequest, ExecResponse> {
        private final List<ExecResponse> responses = new CopyOnWriteArrayList<>();
        private volatile Optional<Throwable> failure = Optional.empty();
        private volatile boolean over;
        private @Nullable ClientCallStreamObserver<ExecRequest> requests;

        void begins(ExecBegin.Builder begin) {
            begins(begin.build());
        }

        void begins(ExecBegin begin) {
            sends(ExecRequest.newBuilder().setBegin(begin));
        }

        void sends(ExecRequest.Builder request) {
            ClientCallStreamObserver<ExecRequest> open = requests;
            if (open == null) {
                var unused = ExecGrpc.newStub(edge.channel()).run(this);
                open = requests;
            }
            Objects.requireNonNull(open).onNext(request.build());
        }

        void hangsUp() {
            Objects.requireNonNull(requests).cancel("enough", null);
        }

        void waitsForTheEnd() {
            until(() -> over);
        }

        Refusal refusal() {
            waitsForTheEnd();
            return Refusal.of((StatusRuntimeException) failure.orElseThrow());
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ExecRequest> stream) {
            requests = stream;
        }

        @Override
        public void onNext(ExecResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            failure = Optional.of(cause);
            over = true;
        }

        @Override
        public void onCompleted() {
            over = true;
        }
    }
}
