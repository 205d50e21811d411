package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Failures;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.state.ClusterState;
import java.time.Duration;
import java.util.Collection;

/**
 * Slows down the restarts of tasks that do not come up; it never gives up.
 *
 * <p>A deployment's {@link Deployment#failedTasks} is the number of tasks in a row that ended before they were healthy.
 * It is brought up to date from what is stored: tasks that ended at a later revision than {@link Failures#countedTo}
 * are new, and both fields are written in one record. So no task is counted twice, whoever leads and however often a plan
 * is made again, and nothing has to be remembered beside the store.
 *
 * <p>The row is broken by a task that is healthy now and whose record changed (it became RUNNING, or HEALTHY) after the
 * last one ended: tasks that were healthy all along say nothing about one that fails beside them.
 *
 * <p>A task that was healthy and ends is no failure. Its replacement starts at once.
 */
final class RestartThrottle {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    private RestartThrottle() {}

    /** The deployment with its failed tasks counted up to now; the same value if there is nothing new. */
    static Deployment counted(
            ClusterState state, Deployment deployment, Collection<Graded> live, Collection<Task> stopped, Facts facts) {
        int failed = deployment.failedTasks();
        long countedTo = deployment.failures().countedTo();
        for (Task task : stopped) {
            long endedAt = state.revisionOf(task);
            if (task.generation() == deployment.generation()
                    && endedAt > deployment.failures().countedTo()
                    && failedToComeUp(task, facts.settings())) {
                failed++;
                countedTo = Math.max(countedTo, endedAt);
            }
        }
        for (Graded graded : live) {
            if (graded.task().generation() == deployment.generation()
                    && graded.grade() == Grade.HEALTHY
                    && state.revisionOf(graded.task()) > countedTo) {
                failed = 0;
            }
        }
        Failures before = deployment.failures();
        Failures after = new Failures(failed, countedTo, before.breaker(), before.hasRun());
        return after.equals(before)
                ? deployment
                : deployment.counted(after, facts.moment().millis());
    }

    /**
     * Whether a task that ended did so by its own fault before it was healthy: it never ran, or a container of it that
     * had to run exited too early, or it failed its health checks.
     */
    static boolean failedToComeUp(Task task, Settings settings) {
        return switch (task.stopCode()) {
            case StopCodes.FAILED_TO_START -> true;
            case StopCodes.ESSENTIAL_EXITED -> !wasHealthy(task, settings);
            case StopCodes.SCHEDULER -> task.stoppedReason().equals(StopCodes.FAILED_HEALTH_CHECKS);
            default -> false;
        };
    }

    private static boolean wasHealthy(Task task, Settings settings) {
        if (task.checked()) {
            return task.containers().stream()
                    .filter(TaskContainer::checked)
                    .allMatch(c -> c.health() == Health.HEALTHY);
        }
        Task.Times times = task.times();
        if (times.startedAt() == 0) {
            return false;
        }
        // Two readings of the host's own clock.
        long end = times.stoppingAt() == 0 ? times.stoppedAt() : times.stoppingAt();
        return end - times.startedAt() >= settings.healthyAfter().toMillis();
    }

    /**
     * When tasks may be started, by the monotonic clock. Twenty tasks that fail together are one attempt, not twenty:
     * what counts is how often each of the tasks that are missing failed.
     *
     * @param missing how many tasks would be started
     */
    static long startsAt(Deployment deployment, int missing, Facts facts) {
        int attempts = Math.ceilDiv(deployment.failedTasks(), Math.max(1, missing));
        Moment moment = facts.moment();
        if (attempts < 2) {
            return moment.nanos();
        }
        Long failedAt = moment.failedAt().get(deployment.id());
        return (failedAt == null ? moment.ledSince() : failedAt)
                + delay(attempts, facts.settings().throttleCeiling()).toNanos();
    }

    /** Nothing for the first two attempts, then 1 s, 2 s, 4 s, ... to the ceiling. */
    static Duration delay(int attempts, Duration ceiling) {
        if (attempts < 2) {
            return Duration.ZERO;
        }
        // 2^30 s are more than any ceiling.
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempts - 2, 30));
        return delay.compareTo(ceiling) < 0 ? delay : ceiling;
    }
}
