package dev.staithe.agent.container.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerRuntimeContract;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.Seen;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FakeContainerRuntimeTest extends ContainerRuntimeContract {
    private static final String INSTANCE = "i-1";

    private final VirtualLoop loop = new VirtualLoop();
    private final FakeEngine engine = new FakeEngine(loop, loop);
    private final ContainerRuntime runtime = new FakeContainerRuntime(engine, INSTANCE);

    @BeforeEach
    void fillTheHost() {
        for (Behaviour behaviour : Behaviour.values()) {
            engine.have(behaviour.name(), image(behaviour));
        }
    }

    private static FakeImage image(Behaviour behaviour) {
        FakeImage image = FakeImage.running();
        return switch (behaviour) {
            case RUNS -> image;
            case EXITS_WITH_3 -> image.exiting(Duration.ZERO, 3);
            case IGNORES_SIGTERM -> image.ignoringSigterm();
            case CANNOT_START -> image.failingToStart("exec: \"/missing\": stat /missing: no such file or directory");
            case PRINTS ->
                image.printing("one").printing("two").printing("three").exiting(Duration.ZERO, 0);
            case IS_HEALTHY -> image.becoming(Health.HEALTHY, Duration.ofSeconds(1), "fine");
            case IS_UNHEALTHY -> image.becoming(Health.UNHEALTHY, Duration.ofSeconds(1), "broken");
        };
    }

    @Override
    protected ContainerRuntime runtime() {
        return runtime;
    }

    @Override
    protected String instance() {
        return INSTANCE;
    }

    @Override
    protected ContainerRuntime anotherAgent(String otherInstance) {
        return new FakeContainerRuntime(engine, otherInstance);
    }

    @Override
    protected String foreignContainer() {
        return engine.foreign("somebody-elses");
    }

    @Override
    protected ContainerDefinition.Builder container(Behaviour behaviour) {
        var container = ContainerDefinition.newBuilder().setName("app").setImage(behaviour.name());
        return switch (behaviour) {
            case IS_HEALTHY, IS_UNHEALTHY ->
                container.setHealthCheck(
                        HealthCheck.newBuilder().addCommand("CMD-SHELL").addCommand("check"));
            case RUNS, EXITS_WITH_3, IGNORES_SIGTERM, CANNOT_START, PRINTS -> container;
        };
    }

    @Override
    protected void eventually(Condition condition) throws ContainerFault {
        while (!condition.holds()) {
            assertThat(loop.step()).as("something is still to happen").isTrue();
        }
    }

    @Test
    void outlivesItsAgent() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));
        Seen seen = new Seen();
        runtime.watch(seen);
        eventually(() -> !seen.news().isEmpty());
        seen.forget();

        runtime.close();
        engine.end(id, 1, false);
        settle();

        ContainerRuntime next = new FakeContainerRuntime(engine, INSTANCE);
        assertThat(seen.news()).isEmpty();
        assertThat(next.list()).extracting(ContainerView::exitCode).containsExactly(OptionalInt.of(1));
    }

    @Test
    void failsEveryCallWhileItIsDownAndRelistsAfterwards() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));
        Seen seen = new Seen();
        Seen log = new Seen();
        runtime.watch(seen);
        runtime.logs(id, LogRequest.whole(true), log);
        settle();
        seen.forget();

        engine.crash();
        engine.end(id, 1, false);
        ContainerFault fault = fault(runtime::list);
        settle();

        assertThat(fault.kind()).isEqualTo(Kind.EngineUnavailableError);
        assertThat(fault.retriable()).isTrue();
        assertThat(seen.news()).isEmpty();
        assertThat(log.ends()).hasSize(1).allSatisfy(end -> assertThat(end).isPresent());
        engine.recover(true);
        settle();
        assertThat(seen.news()).containsExactly(Seen.RELIST);
        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(1));
    }

    @Test
    void losesEventsOnRequestButNotTheRelist() throws ContainerFault {
        Seen seen = new Seen();
        runtime.watch(seen);
        settle();
        seen.forget();

        engine.loseEvents();
        started(container(Behaviour.RUNS));
        settle();
        assertThat(seen.news()).isEmpty();
        engine.reopenWatches();
        settle();

        assertThat(seen.news()).containsExactly(Seen.RELIST);
    }

    @Test
    void plannedFailuresHitOneCallThatMayHaveHappenedAnyway() throws ContainerFault {
        String id = runtime.create(request(container(Behaviour.RUNS)));
        ContainerFault planned = new ContainerFault(Kind.DockerTimeoutError, "no answer within 3m", true);
        engine.failNext(EngineCall.START, planned, true);

        assertThat(fault(() -> runtime.start(id))).isSameAs(planned);

        assertThat(view(id).state()).isEqualTo(State.RUNNING);
        runtime.start(id);
        assertThat(engine.calls(EngineCall.START)).isEqualTo(2);
        assertThat(engine.starts()).isEqualTo(Map.of(task() + "/app", 1));
        assertThat(engine.violations()).isEmpty();
    }

    @Test
    void pullsWhatTheRegistryOffers() throws ContainerFault {
        engine.offer("shop:1", FakeImage.running());

        assertThat(runtime.images().find("shop:1")).isEmpty();
        runtime.images().pull(new PullRequest("shop:1", Platform.UNKNOWN, Optional.empty()), progress -> {});

        assertThat(runtime.images().find("shop:1")).isPresent();
    }

    @Test
    void saysWhenMemoryKilledAContainer() throws ContainerFault {
        engine.have("greedy", FakeImage.running().killedForMemory(Duration.ofSeconds(5)));
        String id = started(container(Behaviour.RUNS).setImage("greedy"));

        eventually(() -> view(id).state() == State.STOPPED);

        assertThat(view(id).oomKilled()).isTrue();
        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(137));
    }

    @Test
    void notesASecondStartAndForeignTouches() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));
        runtime.stop(id, Duration.ZERO);

        runtime.start(id);
        fault(() -> runtime.remove(engine.foreign("somebody-elses")));

        assertThat(engine.violations())
                .containsExactly(
                        "a second start of " + task() + "/app",
                        "CannotRemoveContainerError: agent i-1 would touch somebody-elses");
    }

    @Test
    void anEngineThatComesBackWithoutItsContainersHasStoppedThem() throws ContainerFault {
        String killed = started(container(Behaviour.RUNS).setName("killed"));

        engine.crash();
        engine.recover(false);
        String gone = started(container(Behaviour.RUNS).setName("gone"));
        engine.reboot();

        assertThat(view(killed).exitCode()).isEqualTo(OptionalInt.of(137));
        assertThat(view(gone).exitCode()).isEqualTo(OptionalInt.of(255));
        assertThat(engine.running()).isEmpty();
    }

    /** Lets everything happen that is due in the next minutes. */
    private void settle() {
        while (loop.step()) {}
    }
}
