package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeploymentRecordsTest {
    private final World world = new World();

    @Test
    void keepsWhatBecameOfADeployment() {
        world.hosts(2, 4096).service(2, 100, 200).converge();
        world.update();
        world.converge();

        Deployment first = world.deployment(1);
        assertThat(first.rollout()).isEqualTo(Rollout.COMPLETED);
        assertThat(first.outcome().finishedAtMillis()).isPositive();
        assertThat(first.origin()).isEqualTo(Origin.CREATED);
        assertThat(world.deployment(2).origin()).isEqualTo(Origin.TASK_DEFINITION);
    }

    @Test
    void keepsTheNewestTwentyAndTheLastThatCompleted() {
        world.hosts(2, 4096).service(1, 100, 200).converge();

        for (int i = 0; i < 30; i++) {
            world.update();
            world.settle();
            world.tasks().stream().filter(Task::stopWanted).toList().forEach(world::ends);
        }
        world.settle();

        List<Long> kept = world.state().deployments(World.UID).stream()
                .map(Deployment::generation)
                .toList();
        assertThat(kept).hasSize(DeploymentRecords.KEPT).startsWith(1L, 13L).endsWith(31L);
    }

    @Test
    void doesNotPlanMoreForWhatIsOver() {
        world.hosts(2, 4096).service(1, 100, 200).converge();
        for (int i = 0; i < 5; i++) {
            world.update();
            world.converge();
        }

        assertThat(world.plan().decisions()).isEmpty();
        assertThat(world.state().deployments(World.UID)).hasSize(6);
    }

    @Test
    void leavesAStoppedDeploymentAsItIs() {
        world.hosts(4, 4096).service(4, 100, 150).converge();
        world.update();
        world.settle();
        world.cooperate();
        world.settle();
        List<Task> before = live();

        world.stopDeployment();
        world.converge();

        assertThat(world.deployment(2).rollout()).isEqualTo(Rollout.STOPPED);
        assertThat(before).hasSize(6);
        assertThat(live())
                .extracting(Task::id)
                .containsExactlyInAnyOrderElementsOf(
                        before.stream().map(Task::id).toList());
    }

    @Test
    void keepsTheMinimumOfAStoppedDeploymentByWhatIsKnownToWork() {
        world.hosts(4, 4096).service(4, 100, 150).converge();
        world.update();
        world.settle();
        world.stopDeployment();
        world.converge();

        live().stream().filter(t -> t.generation() == 1).limit(2).toList().forEach(world::ends);
        live().stream().filter(t -> t.generation() == 2).toList().forEach(world::ends);
        world.converge();

        assertThat(live()).hasSize(4).allMatch(t -> t.generation() == 1);
    }

    @Test
    void scalesAStoppedDeploymentToNothing() {
        world.hosts(4, 4096).service(4, 100, 150).converge();
        world.update();
        world.settle();
        world.stopDeployment();
        world.converge();

        world.scale(0);
        world.converge();

        assertThat(live()).isEmpty();
    }

    @Test
    void goesOnWithTheNextDeploymentAfterOneWasStopped() {
        world.hosts(4, 4096).service(4, 100, 150).converge();
        world.update();
        world.settle();
        world.stopDeployment();
        world.converge();

        world.goBack(1);
        world.converge();

        assertThat(world.deployment(3).rollout()).isEqualTo(Rollout.COMPLETED);
        assertThat(live()).hasSize(4).allMatch(t -> t.generation() == 3);
    }

    private List<Task> live() {
        return world.tasks().stream().filter(Task::live).toList();
    }
}
