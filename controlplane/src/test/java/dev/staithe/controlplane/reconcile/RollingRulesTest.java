package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of ECS's rolling deployments that are about more than one thing at once. */
final class RollingRulesTest {
    private final World world = new World().hosts(3, 65536);

    private static int starts(Plan plan) {
        return plan.decisions().stream()
                .filter(Decision.Start.class::isInstance)
                .mapToInt(d -> ((Decision.Start) d).count())
                .sum();
    }

    @Test
    void tasksThatAreStoppingCountTowardTheMaximumNoMore() {
        world.service(4, 50, 100).converge();
        world.update();

        world.apply(world.plan());
        assertThat(world.tasks()).as("two of four are stopping").hasSize(4);
        assertThat(world.live()).hasSize(2);

        assertThat(starts(world.plan())).isEqualTo(2);
    }

    @Test
    void aTaskWithAHealthCheckIsHealthyWhenItsCheckSaysSoAndNotByAge() {
        world.service(1, 100, 200);
        world.update(world.register(256, 0, true));
        world.settle();
        world.live(2).forEach(world::runs);
        world.settle();

        world.pass(Duration.ofMinutes(5));
        world.settle();
        assertThat(world.healthy()).isZero();

        world.runs(world.live(2).getFirst(), Health.HEALTHY);
        assertThat(world.healthy()).isEqualTo(1);
    }

    @Test
    void threeDeploymentsAtOnceShrinkToOne() {
        world.service(4, 50, 200).converge();
        world.update();
        world.settle();
        world.live(2).subList(0, 2).forEach(world::runs);
        world.settle();
        world.pass(Duration.ofSeconds(40));
        world.settle();
        assertThat(world.live(1)).as("two of four are replaced").hasSize(2);

        world.update();
        world.settle();
        assertThat(world.live(1)).hasSize(2);
        assertThat(world.live(2)).as("its pending tasks serve nobody").hasSize(2);
        assertThat(world.live(3)).hasSize(4);

        world.converge();
        assertThat(world.tasks()).hasSize(4).allMatch(t -> t.generation() == 3);
    }

    @Test
    void scaleInDuringARollOutTakesOldTasksBeforeHealthyNewOnes() {
        world.service(4, 100, 200).converge();
        world.update();
        world.settle();
        world.live(2).subList(0, 2).forEach(world::runs);
        world.settle();
        world.pass(Duration.ofSeconds(40));
        world.settle();
        List<String> healthyNew = world.live(2).stream()
                .filter(t -> t.status() == TaskStatus.RUNNING)
                .map(Task::id)
                .toList();

        world.scale(2);
        world.settle();

        assertThat(world.live()).extracting(Task::id).containsExactlyInAnyOrderElementsOf(healthyNew);
    }

    @Test
    void aFailedDeploymentStartsNothingAndTheLastThatWorkedIsRestored() {
        world.service(3, 50, 200).converge();
        world.update();
        world.settle();
        world.fail(2);
        world.live(2).forEach(world::ends);
        world.ends(world.live(1).getFirst());
        world.settle();

        assertThat(world.live(2)).isEmpty();
        assertThat(world.live(1)).as("also above the minimum").hasSize(3);
        assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.FAILED);
    }

    @Test
    void aDrainDuringARollOutDuringAScaleInEndsWithTheNewTasksElsewhere() {
        world.service(6, 100, 150).converge();
        world.update();
        world.settle();
        world.drain("host-b", true);
        world.settle();
        world.scale(4);

        world.converge();

        assertThat(world.tasks())
                .hasSize(4)
                .allMatch(t -> t.generation() == 2)
                .noneMatch(t -> t.instanceId().equals("host-b"));
        assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
    }
}
