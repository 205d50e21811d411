package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Failures;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Collection;

/**
 * Gives up a deployment whose tasks do not come up: ECS's deployment circuit breaker.
 *
 * <p>It counts in two stages. Until a task of the deployment is RUNNING, tasks count that ended without having run. The
 * first one that runs sets the count to zero and ends that stage; from then on failed container health checks count, of
 * tasks that were stopped for it and of those that fail now. A task that ends by itself after it has run counts in neither
 * stage: that is ECS's rule. The {@link RestartThrottle} slows such tasks down.
 *
 * <p>Like the throttle it counts from what is stored, so that no task is counted twice, whoever leads.
 */
public final class CircuitBreaker {
    private static final int LOWEST = 3;
    private static final int HIGHEST = 200;

    private CircuitBreaker() {}

    /** How many failures end a deployment that is meant to hold this many tasks. */
    public static int threshold(int desired) {
        return Math.clamp(Math.ceilDiv(desired, 2), LOWEST, HIGHEST);
    }

    /**
     * The deployment's failures with those of this breaker counted up to now. To be called before the {@link RestartThrottle}
     * counts: what has been counted is what both have seen.
     */
    static Failures counted(
            ClusterState state,
            Deployment deployment,
            Collection<Graded> live,
            Collection<Task> stopped,
            Settings settings) {
        Failures before = deployment.failures();
        if (deployment.rollout() != Deployment.Rollout.IN_PROGRESS) {
            return before;
        }
        boolean hasRun = before.hasRun()
                || live.stream().map(Graded::task).anyMatch(t -> of(deployment, t) && t.status() == TaskStatus.RUNNING)
                || stopped.stream().anyMatch(t -> of(deployment, t) && hasRun(t));
        int count = hasRun && !before.hasRun() ? 0 : before.breaker();
        for (Task task : stopped) {
            if (of(deployment, task)
                    && state.revisionOf(task) > before.countedTo()
                    && RestartThrottle.failedToComeUp(task, settings)
                    && (hasRun ? failedItsHealthChecks(task) : !hasRun(task))) {
                count++;
            }
        }
        return new Failures(before.inARow(), before.countedTo(), count, hasRun);
    }

    /** Whether it ends the deployment now, which has its failures counted. */
    static boolean trips(Service service, Deployment deployment, Collection<Graded> live) {
        if (!service.deploymentConfiguration().getDeploymentCircuitBreaker().getEnable()
                || deployment.rollout() != Deployment.Rollout.IN_PROGRESS) {
            return false;
        }
        long failing = live.stream()
                .filter(g -> of(deployment, g.task()) && g.unhealthy())
                .count();
        return deployment.failures().breaker() + failing >= threshold(deployment.desiredCount());
    }

    /**
     * Whether what failed is to be rolled back, as far as the user is concerned. A deployment by which the breaker went back
     * is not rolled back in turn: there is nothing left that is known to work.
     */
    static boolean rollsBack(Service service) {
        return service.deploymentConfiguration().getDeploymentCircuitBreaker().getRollback()
                && service.origin().kind() != Origin.Kind.CIRCUIT_BREAKER;
    }

    private static boolean of(Deployment deployment, Task task) {
        return task.generation() == deployment.generation();
    }

    private static boolean hasRun(Task task) {
        return task.times().startedAt() != 0;
    }

    private static boolean failedItsHealthChecks(Task task) {
        return task.stoppedReason().equals(StopCodes.FAILED_HEALTH_CHECKS);
    }
}
