package dev.staithe.agent.logs;

import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.agent.session.Asks;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.proto.agent.v1.LogsAsk;
import dev.staithe.runtime.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogRelayTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final FakeEngine engine = new FakeEngine(world, world.loop());
    private final FakeContainerRuntime runtime = new FakeContainerRuntime(engine, "instance");
    private final Wire wire = new Wire();
    private LocalTask task = LocalTask.found(id(1), "boot", List.of());
    private final LogRelay relay = new LogRelay(
            world.environment(loop -> {}),
            world.loop(),
            runtime,
            taskId -> Optional.of(task).filter(t -> t.taskId().equals(taskId)));
    private String container = "";

    @BeforeEach
    void aContainerThatWrites() throws Exception {
        engine.have(Tasks.IMAGE, FakeImage.running());
        var request =
                ContainerRequests.of(AssignedTask.of(Tasks.web(1).build()), "app", "instance", TaskEndpoints.NONE);
        assertThat(request.labels()).containsEntry(ContainerLabels.INSTANCE, "instance");
        container = runtime.create(request);
        runtime.start(container);
        task = LocalTask.found(
                id(1),
                "boot",
                List.of(LocalContainer.waiting("app", Tasks.IMAGE).created(container)));
        print("one", "two", "three");
    }

    @Test
    void readsToTheEnd() {
        ask(LogsAsk.newBuilder());

        assertThat(wire.lines()).containsExactly("one", "two", "three");
        assertThat(wire.answers.getLast().getEnd()).isTrue();
        assertThat(wire.answers.getLast().getError()).isEmpty();
    }

    @Test
    void readsTheLastLines() {
        ask(LogsAsk.newBuilder().setTail(1));

        assertThat(wire.lines()).containsExactly("three");
    }

    @Test
    void followsUntilItIsCancelled() {
        ask(LogsAsk.newBuilder().setFollow(true).setTail(0));
        print("four");
        world.run(Duration.ofSeconds(1));
        relay.asked(Ask.newBuilder().setId(7).setCancel(true).build(), wire);
        print("five");
        world.run(Duration.ofSeconds(1));

        assertThat(wire.lines()).containsExactly("four");
        assertThat(wire.answers).noneMatch(Answer::getEnd);
    }

    @Test
    void followsToTheContainersEnd() {
        ask(LogsAsk.newBuilder().setFollow(true));
        engine.end(container, 0, false);
        task = task.with(task.container("app").orElseThrow().ended("Exited"));
        world.run(Duration.ofSeconds(1));

        assertThat(wire.answers.getLast().getEnd()).isTrue();
    }

    @Test
    void goesOnWhenTheContainerIsStartedAgainAndRepeatsNothing() throws Exception {
        ask(LogsAsk.newBuilder().setFollow(true));
        engine.end(container, 1, false);
        world.run(Duration.ofSeconds(2));
        runtime.start(container);
        print("four");
        world.run(Duration.ofSeconds(1));

        assertThat(wire.lines()).containsExactly("one", "two", "three", "four");
        assertThat(wire.answers).noneMatch(Answer::getEnd);
    }

    @Test
    void goesOnAfterTheEngineWasAway() {
        ask(LogsAsk.newBuilder().setFollow(true));
        engine.crash();
        world.run(Duration.ofSeconds(1));
        engine.recover(true);
        print("four");
        world.run(Duration.ofSeconds(1));

        assertThat(wire.lines()).containsExactly("one", "two", "three", "four");
    }

    @Test
    void readsFromATimeOn() {
        long later = world.now().toEpochMilli() + 5000;
        world.run(Duration.ofSeconds(5));
        print("four");

        ask(LogsAsk.newBuilder().setSinceMs(later));

        assertThat(wire.lines()).containsExactly("four");
    }

    @Test
    void tellsLinesOfOneTimeApartByTheirNumber() {
        LogPosition reached = new LogPosition();
        assertThat(List.of(reached.fresh(1), reached.fresh(2), reached.fresh(2)))
                .containsOnly(true);

        reached.again();

        assertThat(reached.time()).isEqualTo(2);
        assertThat(List.of(reached.fresh(2), reached.fresh(2))).containsOnly(false);
        assertThat(List.of(reached.fresh(2), reached.fresh(3))).containsOnly(true);
    }

    @Test
    void waitsForTheWire() {
        wire.ready = false;
        ask(LogsAsk.newBuilder());
        assertThat(wire.answers).isEmpty();

        wire.ready = true;
        relay.writable();
        world.run(Duration.ofSeconds(1));

        assertThat(wire.lines()).containsExactly("one", "two", "three");
        assertThat(wire.answers.getLast().getEnd()).isTrue();
    }

    @Test
    void saysWhatItCannotRead() {
        relay.asked(
                Ask.newBuilder()
                        .setId(8)
                        .setLogs(LogsAsk.newBuilder().setTaskId(id(2)))
                        .build(),
                wire);
        ask(LogsAsk.newBuilder().setContainer("other"));

        assertThat(wire.answers).allMatch(Answer::getEnd);
        assertThat(wire.answers.getFirst().getError()).startsWith("task " + id(2) + " is not on this host");
        assertThat(wire.answers.getLast().getError()).isEqualTo("container other is not one of the task's");
    }

    @Test
    void nobodyWaitsAfterTheSession() {
        ask(LogsAsk.newBuilder().setFollow(true));
        int before = wire.answers.size();

        relay.disconnected();
        print("late");
        world.run(Duration.ofSeconds(1));

        assertThat(wire.answers).hasSize(before);
    }

    private void ask(LogsAsk.Builder ask) {
        relay.asked(Ask.newBuilder().setId(7).setLogs(ask.setTaskId(id(1))).build(), wire);
        world.run(Duration.ofSeconds(1));
    }

    private void print(String... lines) {
        for (String line : lines) {
            engine.print(container, line);
        }
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

        List<String> lines() {
            return answers.stream()
                    .flatMap(a -> a.getLogsList().stream())
                    .map(LogChunk::getMessage)
                    .toList();
        }
    }
}
