package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is done for a task that has stopped: its containers go when their time is over, then its volumes, then itself. Pure. */
final class CleanUp {
    private final Duration wait;
    private final StopOrder stopOrder;

    /**
     * A clean-up.
     *
     * @param wait how long a stopped task's containers are kept
     */
    CleanUp(Duration wait, StopOrder stopOrder) {
        this.wait = wait;
        this.stopOrder = stopOrder;
    }

    List<Step> steps(LocalTask task, Set<String> acting, Instant now) {
        List<Step> live = stopOrder.steps(task, acting);
        if (!live.isEmpty()) {
            return live;
        }
        Instant due = Instant.ofEpochMilli(task.progress().times().stoppedAt()).plus(wait);
        if (now.isBefore(due)) {
            return List.of(new Step.Wait(due));
        }
        List<Step> removals = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            if (container.onEngine() && !acting.contains(container.name())) {
                removals.add(new Step.Remove(container.name(), container.runtimeId()));
            }
        }
        if (!removals.isEmpty() || task.containers().stream().anyMatch(LocalContainer::onEngine)) {
            return removals;
        }
        if (!task.progress().volumesRemoved()) {
            return List.of(new Step.RemoveVolumes());
        }
        // An end that is not recorded yet is kept: forgotten, the task would look new when it is assigned again.
        return task.claim() == Claim.GONE ? List.of(new Step.Forget()) : List.of();
    }
}
