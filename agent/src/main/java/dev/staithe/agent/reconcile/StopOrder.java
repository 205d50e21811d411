package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.proto.v1.ContainerDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which containers of a task that ends get their stop signal next, and how long they have after it: the order of starting turned
 * round. A container is stopped when those that depend on it have stopped. Pure.
 */
final class StopOrder {
    private final Duration stopTimeout;

    /**
     * An order of stopping.
     *
     * @param stopTimeout between stop signal and SIGKILL for containers that do not say
     */
    StopOrder(Duration stopTimeout) {
        this.stopTimeout = stopTimeout;
    }

    List<Step> steps(LocalTask task, Set<String> acting) {
        AssignedTask assignment = task.assignment();
        Dependencies dependencies = assignment == null ? Dependencies.NONE : Dependencies.of(assignment);
        List<Step> steps = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            boolean needed = dependencies.dependentsOf(container.name()).stream()
                    .anyMatch(dependent -> acting.contains(dependent) || live(task, dependent));
            if (needed || acting.contains(container.name())) {
                continue;
            }
            if (container.phase() == Phase.RUNNING && !container.restarting()) {
                steps.add(stopping(task, container));
            } else {
                straggler(task, container).ifPresent(steps::add);
            }
        }
        return steps;
    }

    private static boolean live(LocalTask task, String name) {
        return task.container(name)
                .filter(c -> c.live() || (c.phase() == Phase.RUNNING && !c.restarting()))
                .isPresent();
    }

    /** Stops a container that is over and runs all the same: its start was answered by an error. */
    Optional<Step> straggler(LocalTask task, LocalContainer container) {
        return container.live() && container.onEngine() ? Optional.of(stopping(task, container)) : Optional.empty();
    }

    private Step stopping(LocalTask task, LocalContainer container) {
        return new Step.Stop(container.name(), container.runtimeId(), grace(task.assignment(), container.name()));
    }

    private Duration grace(@Nullable AssignedTask assignment, String container) {
        return assignment == null
                ? stopTimeout
                : assignment
                        .container(container)
                        .filter(ContainerDefinition::hasStopTimeout)
                        .map(c -> Duration.ofSeconds(c.getStopTimeout()))
                        .orElse(stopTimeout);
    }
}
