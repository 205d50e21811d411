package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.PullBehavior;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The next step of each container on its way to running. A task of which only containers were found is left as it is: nobody
 * said what it is to be. Pure.
 */
final class StartOrder {
    private final PullBehavior pull;
    private final StopOrder stopOrder;

    StartOrder(PullBehavior pull, StopOrder stopOrder) {
        this.pull = pull;
        this.stopOrder = stopOrder;
    }

    List<Step> steps(LocalTask task, Set<String> acting) {
        List<Step> steps = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            if (task.assignment() == null || acting.contains(container.name())) {
                continue;
            }
            switch (container.phase()) {
                case WAITING -> steps.add(new Step.Pull(container.name(), container.image(), pull));
                case PULLED -> steps.add(new Step.Create(container.name()));
                case CREATED -> steps.add(new Step.Start(container.name(), container.runtimeId()));
                case RUNNING -> {}
                case STOPPED -> stopOrder.straggler(task, container).ifPresent(steps::add);
            }
        }
        return steps;
    }
}
