package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.Run;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import java.time.Duration;

/**
 * Which containers that have ended are started again, by their restartPolicy; the task knows nothing of it and runs on. Pure.
 *
 * <p>Rules of ECS: an essential container is started again as any other; one that ended with an ignored exit code is not, nor
 * one that had not run for the attempt period since its newest start. Unlike ECS's, the time that counts is the run itself,
 * start to end as the engine stamped them: an end that was seen late is no longer run.
 */
final class Restarts {
    private static final Duration USUAL_PERIOD = Duration.ofMinutes(5);

    private Restarts() {}

    /** The task with every container awaited anew that is to be started again. */
    static LocalTask settle(LocalTask task) {
        AssignedTask assignment = task.assignment();
        boolean ends = task.status().compareTo(Status.RUNNING) > 0 || task.claim() == Claim.GONE;
        if (assignment == null || ends || assignment.desired() == Desired.STOPPED) {
            return task;
        }
        LocalTask current = task;
        for (LocalContainer container : task.containers()) {
            ContainerRestartPolicy policy = assignment
                    .container(container.name())
                    .map(c -> c.getRestartPolicy())
                    .orElse(ContainerRestartPolicy.getDefaultInstance());
            if (again(container, policy)) {
                current = current.with(container.toRestart());
            }
        }
        return current;
    }

    private static boolean again(LocalContainer container, ContainerRestartPolicy policy) {
        Run run = container.run();
        // A run that is awaited although the container is over is one that the engine refused to start.
        if (!policy.getEnabled() || !container.over() || !container.onEngine() || container.live() || run.awaited()) {
            return false;
        }
        return run.exitCode().isPresent()
                && !policy.getIgnoredExitCodesList().contains(run.exitCode().getAsInt())
                && run.finishedAt() - run.startedAt() >= period(policy).toMillis();
    }

    private static Duration period(ContainerRestartPolicy policy) {
        return policy.hasRestartAttemptPeriod() ? Duration.ofSeconds(policy.getRestartAttemptPeriod()) : USUAL_PERIOD;
    }
}
