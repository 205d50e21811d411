package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Task;
import dev.staithe.proto.v1.HostVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DaemonPlannerTest {
    private final World world = new World().hosts(3, 1024).daemon(0);

    private List<String> hosts() {
        return world.live().stream().map(Task::instanceId).sorted().toList();
    }

    private long stopping() {
        return world.tasks().stream().filter(Task::stopWanted).count();
    }

    @Test
    void startsOneTaskOnEveryHostAndCountsThem() {
        world.converge();

        assertThat(hosts()).containsExactly("host-a", "host-b", "host-c");
        assertThat(world.deployment(1).desiredCount()).isEqualTo(3);
        assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
        assertThat(world.events()).last().asString().endsWith("has reached a steady state.");
    }

    @Test
    void followsHostsAsTheyComeAndChange() {
        world.attribute("host-a", "stack", Optional.of("prod"));
        world.attribute("host-b", "stack", Optional.of("prod"));
        world.constrain("attribute:stack == prod").converge();
        assertThat(hosts()).containsExactly("host-a", "host-b");

        world.attribute("host-b", "stack", Optional.of("test"));
        world.attribute("host-c", "stack", Optional.of("prod"));
        world.converge();

        assertThat(hosts()).containsExactly("host-a", "host-c");
        assertThat(world.events())
                .contains(
                        "stops its tasks on (container-instance host-b) because its placement constraints are no longer"
                                + " met there.");
        world.constrain("").converge();
        assertThat(hosts()).containsExactly("host-a", "host-b", "host-c");
    }

    @Test
    void changesNothingWhileAHostIsSilentAndLeavesItWhenItIsLost() {
        world.converge();
        world.hearAll();

        world.silence(Duration.ofSeconds(20), 1);
        world.settle();
        assertThat(hosts()).containsExactly("host-a", "host-b", "host-c");
        assertThat(world.deployment(1).desiredCount()).isEqualTo(3);

        world.silence(Duration.ofSeconds(40), 1);
        world.settle();
        assertThat(hosts()).containsExactly("host-b", "host-c");
        assertThat(world.deployment(1).desiredCount()).isEqualTo(2);

        world.hearAll();
        world.converge();
        assertThat(hosts()).containsExactly("host-a", "host-b", "host-c");
    }

    @Test
    void leavesAHostThatIsDrainedLast() {
        world.converge();
        world.neighbour("host-a");

        world.drain("host-a", true);
        world.settle();
        assertThat(stopping()).as("another service still has a task there").isZero();

        world.neighbourEnds("host-a");
        world.converge();

        assertThat(hosts()).containsExactly("host-b", "host-c");
        assertThat(world.deployment(1).desiredCount()).isEqualTo(2);
        world.drain("host-a", false);
        world.converge();
        assertThat(hosts()).containsExactly("host-a", "host-b", "host-c");
    }

    @Test
    void replacesOnAsManyHostsAtATimeAsTheMinimumLeaves() {
        world.limit(60, 100);
        world.converge();

        world.update();
        world.settle();

        assertThat(stopping()).as("two of three stay").isEqualTo(1);
        world.converge();
        assertThat(world.live(2)).hasSize(3);
    }

    @Test
    void replacesEverywhereAtOnceByDefaultAsInEcs() {
        world.converge();

        world.update();
        world.settle();

        assertThat(stopping()).isEqualTo(3);
        assertThat(world.live()).as("stopped before started").isEmpty();
    }

    @Test
    void replacesOneTaskFirstThatFindsOutWhatTheTagsStandFor() {
        world.converge();

        world.image("web:2");
        world.update();
        world.settle();
        assertThat(stopping()).isEqualTo(1);
        world.cooperate();
        world.settle();
        assertThat(stopping()).isZero();
        world.cooperate();
        world.settle();

        assertThat(stopping()).isEqualTo(2);
        assertThat(world.live()).as("stopped before started").hasSize(1);
    }

    @Test
    void findsAHostForTheFirstTaskWhereTheOneThatWasClearedIsTooSmall() {
        World mixed = new World().hosts(2, 512).daemon(0);
        mixed.host("host-z", 4096);
        mixed.converge();

        mixed.image("web:2");
        mixed.update(mixed.register(1024, 0, false));
        mixed.converge();

        assertThat(mixed.live(2)).singleElement().extracting(Task::instanceId).isEqualTo("host-z");
    }

    @Test
    void saysWhenTheMinimumNeverLetsItReplaceATask() {
        world.converge();
        world.limit(100, 100);

        world.update();
        world.settle();

        assertThat(stopping()).isZero();
        assertThat(world.events()).contains(EventTexts.stuckBetweenBounds());
    }

    @Test
    void saysWhichHostsHaveNoRoom() {
        world.update(world.register(2048, 0, false));
        world.host("host-d", 4096);
        world.settle();

        assertThat(hosts()).containsExactly("host-d");
        assertThat(world.state().waiting(World.UID))
                .hasValueSatisfying(w -> assertThat(w.explanation().getHostsList())
                        .extracting(HostVerdict::getContainerInstance, HostVerdict::getReason)
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("host-a", "RESOURCE:MEMORY"),
                                org.assertj.core.groups.Tuple.tuple("host-b", "RESOURCE:MEMORY"),
                                org.assertj.core.groups.Tuple.tuple("host-c", "RESOURCE:MEMORY")));
        assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.IN_PROGRESS);
    }

    @Test
    void stopsNothingMoreWhileTheNewTasksFail() {
        world.limit(60, 100);
        world.converge();

        world.update();
        for (int i = 0; i < 8; i++) {
            world.settle();
            world.tasks().stream()
                    .filter(t -> t.stopWanted() || t.generation() == 2)
                    .forEach(world::ends);
        }
        world.settle();

        assertThat(world.live(1)).as("two of three still run the old revision").hasSize(2);
        assertThat(world.deployment(2).failedTasks()).isGreaterThan(1);
        assertThat(world.events()).contains(EventTexts.impaired());
    }
}
