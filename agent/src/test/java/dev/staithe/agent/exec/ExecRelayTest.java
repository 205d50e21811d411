package dev.staithe.agent.exec;

import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.agent.session.Asks;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.v1.TerminalSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExecRelayTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final FakeEngine engine = new FakeEngine(world, world.loop());
    private final FakeContainerRuntime runtime = new FakeContainerRuntime(engine, "instance");
    private final Wire wire = new Wire();
    private final ExecRelay relay = new ExecRelay(
            world.environment(loop -> {}),
            world.loop(),
            runtime.execs(),
            taskId -> Optional.of(this.task).filter(t -> t.taskId().equals(taskId)));
    private LocalTask task = LocalTask.found(id(1), "boot", List.of());
    private String container = "";

    @BeforeEach
    void aContainerThatRuns() throws Exception {
        engine.have(Tasks.IMAGE, FakeImage.running());
        AssignedTask assigned =
                AssignedTask.of(Tasks.web(1).setExecuteCommand(true).build());
        container = runtime.create(ContainerRequests.of(assigned, "app", "instance", TaskEndpoints.NONE));
        runtime.start(container);
        task = seen(LocalTask.assigned(assigned, "boot"));
    }

    private LocalTask seen(LocalTask before) {
        ContainerView view = engine.containers().getFirst();
        LocalContainer app = before.container("app").orElseThrow().created(view.id());
        return before.with(Observation.seen(app, view));
    }

    @Test
    void runsACommandToItsEnd() {
        run("echo", "hello", "there");

        assertThat(wire.answers.getFirst().getExecStarted()).isTrue();
        assertThat(wire.output(false)).isEqualTo("hello there\n");
        assertThat(wire.last().getEnd()).isTrue();
        assertThat(wire.last().getExitCode()).isZero();
        assertThat(wire.last().getError()).isEmpty();
    }

    @Test
    void tellsErrorsFromOutputAndTheExitCode() {
        run("exit", "42");

        assertThat(wire.output(true)).isEqualTo("exiting\n");
        assertThat(wire.last().getExitCode()).isEqualTo(42);
    }

    @Test
    void handsInputToTheCommandAndSaysHowMuchItTook() {
        ask(7, order("cat").setInteractive(true));
        more(ExecInput.newBuilder().setStdin(ByteString.copyFromUtf8("ab")));
        more(ExecInput.newBuilder().setStdin(ByteString.copyFromUtf8("cd")));
        more(ExecInput.newBuilder().setStdinClosed(true));

        assertThat(wire.output(false)).isEqualTo("abcd");
        assertThat(wire.answers.stream().mapToLong(Answer::getExecInputTaken).max())
                .hasValue(4);
        assertThat(wire.last().hasExitCode()).isTrue();
    }

    @Test
    void aTerminalHasASizeAndIsToldOfAnother() {
        ask(7, order("size").setTty(true).setInteractive(true).setSize(size(80, 24)));
        more(ExecInput.newBuilder().setSize(size(100, 30)));

        assertThat(wire.output(false)).isEqualTo("24 80\n30 100\n");
    }

    @Test
    void sendsNoMoreThanTheCallerTakes() {
        run("flood", "12");

        assertThat(wire.output(false)).hasSize(ExecSession.WINDOW);
        assertThat(wire.last().getEnd()).isFalse();

        more(ExecInput.newBuilder().setOutputTaken(ExecSession.WINDOW));

        assertThat(wire.output(false)).hasSize(12 * (16 << 10));
        assertThat(wire.last().getEnd()).isTrue();
    }

    @Test
    void waitsForTheWire() {
        wire.ready = false;
        run("echo", "hello");
        assertThat(wire.answers).isEmpty();

        wire.ready = true;
        relay.writable();

        assertThat(wire.output(false)).isEqualTo("hello\n");
        assertThat(wire.last().getEnd()).isTrue();
    }

    @Test
    void endsAnOrderThatSendsMoreThanItMay() {
        ask(7, order("sleep").setInteractive(true));
        relay.asked(
                Ask.newBuilder()
                        .setId(7)
                        .setExecInput(
                                ExecInput.newBuilder().setStdin(ByteString.copyFrom(new byte[ExecSession.WINDOW + 1])))
                        .build(),
                wire);

        assertThat(wire.last().getError()).startsWith("more than 131072 bytes of input wait");
    }

    @Test
    void nothingComesAfterTheCallerIsGone() {
        ask(7, order("cat").setInteractive(true));
        int before = wire.answers.size();

        relay.asked(Ask.newBuilder().setId(7).setCancel(true).build(), wire);
        more(ExecInput.newBuilder().setStdin(ByteString.copyFromUtf8("late")));

        assertThat(wire.answers).hasSize(before);
    }

    @Test
    void aCallerThatGoesBeforeTheCommandHasStartedLeavesNothing() {
        relay.asked(Ask.newBuilder().setId(7).setExec(order("flood", "100")).build(), wire);
        relay.asked(Ask.newBuilder().setId(7).setCancel(true).build(), wire);
        world.run(Duration.ofSeconds(1));

        assertThat(wire.answers).isEmpty();
    }

    @Test
    void endsWithTheSession() {
        ask(7, order("sleep"));
        relay.disconnected();
        for (int i = 0; i < ExecRelay.MOST_COMMANDS; i++) {
            ask(100 + i, order("sleep"));
        }

        assertThat(wire.answers).noneMatch(Answer::getEnd);
    }

    @Test
    void runsABoundedNumberAtATime() {
        for (int i = 0; i < ExecRelay.MOST_COMMANDS; i++) {
            ask(100 + i, order("sleep"));
        }
        ask(7, order("echo"));

        assertThat(wire.last().getError())
                .isEqualTo("this host already runs 20 commands for callers; try again when one has ended");
    }

    @Test
    void saysWhatTheEngineRefuses() {
        run("missing");

        assertThat(wire.last().getError()).isEqualTo("exec: \"missing\": executable file not found in $PATH: unknown");
        assertThat(wire.last().hasExitCode()).isFalse();
    }

    @Test
    void refusesWhatTheTaskDoesNotAllow() {
        task = seen(LocalTask.assigned(AssignedTask.of(Tasks.web(1).build()), "boot"));
        run("echo");

        assertThat(wire.last().getError()).isEqualTo("task " + id(1) + " was started without enableExecuteCommand");
        assertThat(engine.calls(EngineCall.EXEC)).isZero();
    }

    @Test
    void refusesWhatIsNotThere() {
        ask(7, order("echo").setTaskId(id(2)));
        ask(8, order("echo").setContainer("other"));
        engine.end(container, 1, false);
        task = seen(task);
        ask(9, order("echo"));

        assertThat(wire.answers)
                .extracting(Answer::getError)
                .containsExactly(
                        "task " + id(2) + " is not on this host",
                        "container other is not one of the task's",
                        "container app is not running");
    }

    @Test
    void refusesOrdersThatAreWrong() {
        ask(7, order());
        ask(8, order("echo", "a\0b"));
        ask(9, order("echo", "x".repeat(70_000)));
        ask(10, order("echo").setSize(size(0, 10)));

        assertThat(wire.answers)
                .extracting(Answer::getError)
                .containsExactly(
                        "command: 0 arguments (expected: a program and at most 1023 arguments)",
                        "command: a NUL character (expected: none)",
                        "command: 70004 characters (expected: at most 65536)",
                        "size: 0 columns, 10 rows (expected: 1-65535 each)");
    }

    private static TerminalSize size(int columns, int rows) {
        return TerminalSize.newBuilder().setColumns(columns).setRows(rows).build();
    }

    private static ExecAsk.Builder order(String... command) {
        return ExecAsk.newBuilder().setTaskId(id(1)).setContainer("app").addAllCommand(List.of(command));
    }

    private void run(String... command) {
        ask(7, order(command));
    }

    private void ask(long id, ExecAsk.Builder order) {
        relay.asked(Ask.newBuilder().setId(id).setExec(order).build(), wire);
        world.run(Duration.ofSeconds(1));
    }

    private void more(ExecInput.Builder part) {
        relay.asked(Ask.newBuilder().setId(7).setExecInput(part).build(), wire);
        world.run(Duration.ofSeconds(1));
    }

    private static final class Wire implements Asks.Wire {
        private final List<Answer> answers = new ArrayList<>();
        private boolean ready = true;

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void send(Answer answer) {
            answers.add(answer);
        }

        Answer last() {
            return answers.getLast();
        }

        String output(boolean stderr) {
            StringBuilder text = new StringBuilder();
            answers.stream()
                    .flatMap(a -> a.getExecList().stream())
                    .filter(o -> o.getStderr() == stderr)
                    .forEach(o -> text.append(o.getData().toStringUtf8()));
            return text.toString();
        }
    }
}
