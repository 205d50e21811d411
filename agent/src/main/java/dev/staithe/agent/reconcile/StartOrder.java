package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.reconcile.Dependencies.Need;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next step of each container on its way to running. A task of which only containers were found is left as it is: nobody
 * said what it is to be. Pure.
 *
 * <p>Images are fetched at once; nothing is created for a task that the host has no room for yet. A container is created, as in ECS, only when all that it depends on has come as far as it
 * wants: an engine fills empty volumes when a container is created, which must not happen before the one that prepares them
 * has run. One whose dependency can never come that far is over.
 */
final class StartOrder {
    /** ECS's name for it. */
    static final String IN_VAIN = "TaskDependencyError";

    private final PullBehavior pull;
    private final StopOrder stopOrder;

    StartOrder(PullBehavior pull, StopOrder stopOrder) {
        this.pull = pull;
        this.stopOrder = stopOrder;
    }

    /** The task in which each container says what it waits for, and those that wait in vain are over. */
    LocalTask waiting(LocalTask task, Set<String> acting, Admission.Answer admission, Instant now) {
        AssignedTask assignment = task.assignment();
        if (assignment == null || task.status().compareTo(Status.RUNNING) > 0) {
            return task;
        }
        if (admission instanceof Admission.Answer.Waits queued) {
            LocalTask all = task;
            for (LocalContainer container : task.containers()) {
                all = container.over() ? all : all.with(container.waitingFor(queued.what()));
            }
            return all;
        }
        Dependencies dependencies = Dependencies.of(assignment);
        LocalTask current = task;
        LocalTask before;
        // What one gives up another may depend on, and it may come first.
        do {
            before = current;
            for (LocalContainer container : before.containers()) {
                if (container.phase().compareTo(Phase.RUNNING) < 0 && !acting.contains(container.name())) {
                    current = current.with(waiting(container, dependencies, current, assignment, now));
                }
            }
        } while (!current.equals(before));
        return current;
    }

    private static LocalContainer waiting(
            LocalContainer container, Dependencies dependencies, LocalTask task, AssignedTask assignment, Instant now) {
        String waits = "";
        for (Need need : dependencies.of(container.name())) {
            switch (Readiness.of(need, task, assignment, now)) {
                case Readiness.Holds holds -> {}
                case Readiness.NotYet notYet -> waits = waits.isEmpty() ? notYet.what() : waits;
                case Readiness.Never never -> {
                    return container.ended(IN_VAIN + ": " + container.name() + " depends on " + need.on() + " ("
                            + need.condition() + "): " + never.why());
                }
            }
        }
        return container.waitingFor(waits);
    }

    List<Step> steps(LocalTask task, Set<String> acting, Admission.Answer admission, Instant now) {
        AssignedTask assignment = task.assignment();
        if (assignment == null) {
            return List.of();
        }
        boolean admitted = admission instanceof Admission.Answer.Admitted;
        Dependencies dependencies = Dependencies.of(assignment);
        List<Step> steps = new ArrayList<>();
        Optional<Instant> wake = Optional.empty();
        for (LocalContainer container : task.containers()) {
            if (acting.contains(container.name())) {
                continue;
            }
            boolean ready = admitted;
            for (Need need : dependencies.of(container.name())) {
                if (Readiness.of(need, task, assignment, now) instanceof Readiness.NotYet notYet) {
                    ready = false;
                    wake = earliest(wake, notYet.until());
                }
            }
            step(task, container, ready).ifPresent(steps::add);
        }
        wake.ifPresent(until -> steps.add(new Step.Wait(until)));
        return steps;
    }

    private Optional<Step> step(LocalTask task, LocalContainer container, boolean ready) {
        Step start = new Step.Start(
                container.name(), container.runtimeId(), container.run().former());
        return switch (container.phase()) {
            case WAITING -> Optional.of(new Step.Pull(container.name(), container.image(), pull));
            case PULLED -> ready ? Optional.of(new Step.Create(container.name())) : Optional.empty();
            case CREATED -> ready ? Optional.of(start) : Optional.empty();
            case RUNNING -> container.restarting() ? Optional.of(start) : Optional.empty();
            case STOPPED -> stopOrder.straggler(task, container);
        };
    }

    private static Optional<Instant> earliest(Optional<Instant> one, Optional<Instant> other) {
        return one.isPresent() && (other.isEmpty() || one.get().isBefore(other.get())) ? one : other;
    }
}
