package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CircuitBreakerTest {
    private final World world = new World();

    @ParameterizedTest(name = "desired {0}: {1} failures")
    @CsvSource({"0, 3", "1, 3", "5, 3", "6, 3", "7, 4", "25, 13", "400, 200", "5000, 200"})
    void wantsHalfTheTasksToFailWithinItsLimits(int desired, int threshold) {
        assertThat(CircuitBreaker.threshold(desired)).isEqualTo(threshold);
    }

    @Test
    void givesUpADeploymentOfWhichNoTaskEverRuns() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(false);

        failToStart(3);

        Deployment failed = world.deployment(1);
        assertThat(failed.rollout()).isEqualTo(Rollout.FAILED);
        assertThat(failed.rolloutReason()).isEqualTo("ECS deployment circuit breaker: tasks failed to start.");
        assertThat(failed.outcome().finishedAtMillis()).isPositive();
        assertThat(messages()).contains("(deployment " + failed.id() + ") deployment failed: tasks failed to start.");
        world.pass(Duration.ofHours(2));
        assertThat(world.plan().decisions()).noneMatch(Decision.Start.class::isInstance);
    }

    @Test
    void leavesADeploymentAloneThatMayFail() {
        world.hosts(2, 4096).service(2, 100, 200);

        failToStart(9);

        assertThat(world.deployment(1).rollout()).isEqualTo(Rollout.IN_PROGRESS);
        assertThat(world.deployment(1).failures().breaker()).isGreaterThanOrEqualTo(9);
    }

    @Test
    void countsNoTaskTwiceWhoeverLeads() {
        world.hosts(2, 4096).service(2, 100, 200);
        world.settle();
        live().forEach(world::ends);

        for (int i = 0; i < 5; i++) {
            world.changeLeader();
            world.settle();
        }

        assertThat(world.deployment(1).failures().breaker()).isEqualTo(2);
    }

    @Test
    void beginsAtZeroOnceATaskRuns() {
        world.hosts(2, 4096).service(4, 100, 200).breaker(false);
        world.settle();
        world.ends(live().get(0));
        world.ends(live().get(0));
        world.settle();
        assertThat(world.deployment(1).failures().breaker()).isEqualTo(2);

        world.runs(live().get(0));
        world.settle();

        assertThat(world.deployment(1).failures().breaker()).isZero();
        assertThat(world.deployment(1).failures().hasRun()).isTrue();
    }

    @Test
    void doesNotCountTasksThatEndAfterTheyRan() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(false);

        for (int i = 0; i < 10; i++) {
            world.settle();
            for (Task task : live()) {
                world.runs(task);
                world.settle();
                world.ends(world.state().task(task.id()).orElseThrow());
            }
            world.pass(Duration.ofHours(1));
        }

        assertThat(world.deployment(1).rollout()).isEqualTo(Rollout.IN_PROGRESS);
        assertThat(world.deployment(1).failures().breaker()).isZero();
        assertThat(world.deployment(1).failedTasks()).isGreaterThan(10);
    }

    @Test
    void countsTasksThatFailTheirHealthChecks() {
        checkedRevision();
        world.breaker(false);

        for (int i = 0; i < 6 && world.deployment(2).rollout() == Rollout.IN_PROGRESS; i++) {
            fresh().forEach(t -> world.runs(t, Health.UNHEALTHY));
            world.settle();
            world.tasks().stream().filter(Task::stopWanted).toList().forEach(world::ends);
            world.pass(Duration.ofMinutes(30));
            world.settle();
        }

        assertThat(world.deployment(2).rollout()).isEqualTo(Rollout.FAILED);
        assertThat(live()).filteredOn(t -> t.generation() == 1).hasSize(2);
    }

    @Test
    void goesBackToTheLastDeploymentThatCompleted() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(true).converge();
        world.update();

        failToStart(3);
        Deployment failed = world.deployment(2);
        Deployment back = world.deployment(3);
        world.converge();

        assertThat(failed.rollout()).isEqualTo(Rollout.FAILED);
        assertThat(failed.outcome().rollbackTo()).isEqualTo(1);
        assertThat(back.origin()).isEqualTo(new Origin(Origin.Kind.CIRCUIT_BREAKER, 2, 1));
        assertThat(back.taskDefinition()).isEqualTo(world.deployment(1).taskDefinition());
        assertThat(back.rolloutReason())
                .isEqualTo("ECS deployment circuit breaker: rolling back to deploymentId "
                        + world.deployment(1).id() + ".");
        assertThat(messages())
                .contains("rolling back to deployment " + world.deployment(1).id() + ".");
        assertThat(world.deployment(3).rollout()).isEqualTo(Rollout.COMPLETED);
        assertThat(live()).hasSize(2).allMatch(t -> t.generation() == 3);
    }

    @Test
    void storesTheFailureBeforeItAsksForTheRollback() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(true).converge();
        world.update();
        world.settle();
        for (int i = 0; i < 2; i++) {
            world.pass(Duration.ofHours(1));
            fresh().forEach(world::ends);
            if (i == 0) {
                world.settle();
            }
        }

        Plan trip = world.plan();
        world.apply(trip);
        world.changeLeader();
        Plan byTheNextLeader = world.plan();

        assertThat(trip.decisions()).noneMatch(Decision.RollBack.class::isInstance);
        assertThat(world.deployment(2).rollout()).isEqualTo(Rollout.FAILED);
        assertThat(byTheNextLeader.decisions())
                .filteredOn(Decision.RollBack.class::isInstance)
                .hasSize(1);
        assertThat(byTheNextLeader.wakeAtNanos()).isPresent();
    }

    @Test
    void hasNothingToGoBackToWithTheFirstDeployment() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(true);

        failToStart(3);

        assertThat(world.service().generation()).isEqualTo(1);
        assertThat(world.deployment(1).rollout()).isEqualTo(Rollout.FAILED);
        assertThat(world.deployment(1).outcome().rollbackTo()).isZero();
    }

    @Test
    void doesNotRollBackItsOwnRollback() {
        world.hosts(2, 4096).service(2, 100, 200).breaker(true).converge();
        world.update();
        failToStart(3);
        // The old tasks are gone, and what worked does not work any more.
        live().forEach(world::ends);

        failToStart(6);

        assertThat(world.service().generation()).isEqualTo(3);
        assertThat(world.deployment(3).rollout()).isEqualTo(Rollout.FAILED);
    }

    private void checkedRevision() {
        world.hosts(2, 8192).service(2, 100, 200).converge();
        world.update(world.register(256, 0, true));
        world.settle();
    }

    /** So many tasks of the newest deployment end without having run. */
    private void failToStart(int times) {
        int failed = 0;
        long generation = world.service().generation();
        for (int i = 0; i < 100 && failed < times; i++) {
            world.settle();
            for (Task task : live()) {
                if (task.generation() == generation && failed < times) {
                    world.ends(task);
                    failed++;
                }
            }
            world.pass(Duration.ofHours(1));
        }
        world.settle();
    }

    private List<Task> fresh() {
        return live().stream()
                .filter(t -> t.generation() == world.service().generation())
                .toList();
    }

    private List<Task> live() {
        return world.tasks().stream().filter(Task::live).toList();
    }

    private List<String> messages() {
        return world.state().events(World.UID).stream()
                .map(ServiceEvent::message)
                .toList();
    }
}
