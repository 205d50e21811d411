package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Progress.Status;
import java.util.Set;

/** Draws from the containers of a task what is true of the task: how far it has come, and when. Pure. */
final class Standing {
    private Standing() {}

    /**
     * The task as its containers show it.
     *
     * @param acting containers for which a call is under way: the task does not end before they have answered
     * @param traffic nor before its ports are free
     */
    static LocalTask settle(LocalTask task, Set<String> acting, Traffic traffic, long now) {
        return task.status().compareTo(Status.STOPPING) < 0
                ? task.with(started(task, now))
                : stopped(task, acting, traffic, now);
    }

    private static Progress started(LocalTask task, long now) {
        Progress progress = task.progress();
        if (task.assignment() == null) {
            return task.containers().stream().anyMatch(LocalContainer::live)
                    ? progress.running(lastStart(task, now))
                    : progress;
        }
        boolean pulling = task.containers().stream().anyMatch(c -> c.phase() == Phase.WAITING);
        Progress.Times times = progress.times().pullStarted(now);
        progress = progress.at(pulling ? times : times.pullStopped(now));
        boolean allStarted = task.containers().stream().allMatch(c -> c.phase().compareTo(Phase.RUNNING) >= 0);
        return allStarted ? progress.running(lastStart(task, now)) : progress;
    }

    private static long lastStart(LocalTask task, long now) {
        return task.containers().stream()
                .mapToLong(LocalContainer::startedAt)
                .filter(started -> started > 0)
                .max()
                .orElse(now);
    }

    /** What has not run yet never will; with nothing live left the task is over. */
    private static LocalTask stopped(LocalTask task, Set<String> acting, Traffic traffic, long now) {
        LocalTask current = task;
        for (LocalContainer container : task.containers()) {
            boolean waits = container.phase().compareTo(Phase.RUNNING) < 0 || container.restarting();
            if (waits && !acting.contains(container.name())) {
                current = current.with(container.ended(""));
            }
        }
        return nothingRuns(current, acting) && !Deactivation.releases(current, traffic)
                ? current.with(current.progress().ended(now))
                : current;
    }

    static boolean nothingRuns(LocalTask task, Set<String> acting) {
        return task.containers().stream().allMatch(c -> c.over() && !c.live() && !acting.contains(c.name()));
    }
}
