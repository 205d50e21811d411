package dev.staithe.agent.model;

import dev.staithe.agent.model.Progress.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this host holds to be true of one task: hard state, kept in the ledger.
 *
 * @param bootId of the host when the task came here
 * @param assignment what the control plane wants; null for a task that was found by the labels of its containers and that
 *     the control plane has not named yet
 * @param claim what the control plane last said of it
 * @param observation grows with every change of what is reported, across restarts of the agent
 * @param containers in the order of the task definition
 */
public record LocalTask(
        String taskId,
        String bootId,
        @Nullable AssignedTask assignment,
        Claim claim,
        long observation,
        Progress progress,
        List<LocalContainer> containers) {
    /** What the control plane last said of a task. */
    public enum Claim {
        /** It is in the set of tasks assigned to this host. */
        ASSIGNED,
        /** It was not named: it is kept, and reported. */
        UNNAMED,
        /** It is confirmed gone: what is left of it stops, and it is forgotten once that is cleaned up. */
        GONE
    }

    public LocalTask {
        containers = List.copyOf(containers);
    }

    /** A task that has just been assigned. */
    public static LocalTask assigned(AssignedTask assignment, String bootId) {
        return new LocalTask(assignment.taskId(), bootId, null, Claim.ASSIGNED, 0, Progress.BEGUN, List.of())
                .assign(assignment);
    }

    /** A task of which only containers were found. */
    public static LocalTask found(String taskId, String bootId, List<LocalContainer> containers) {
        return new LocalTask(taskId, bootId, null, Claim.UNNAMED, 0, Progress.BEGUN, containers);
    }

    public Status status() {
        return progress.status();
    }

    public Optional<LocalContainer> container(String name) {
        return containers.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    /** The control plane wants this of it. Containers that the definition has and the task has not are added. */
    public LocalTask assign(AssignedTask wanted) {
        AssignedTask next = assignment == null ? wanted : assignment.followedBy(wanted);
        List<LocalContainer> merged = new ArrayList<>();
        for (var definition : next.definition().getContainerDefinitionsList()) {
            merged.add(container(definition.getName())
                    .orElseGet(() -> LocalContainer.waiting(definition.getName(), next.image(definition))));
        }
        for (LocalContainer held : containers) {
            if (merged.stream().noneMatch(c -> c.name().equals(held.name()))) {
                merged.add(held);
            }
        }
        return new LocalTask(taskId, bootId, next, Claim.ASSIGNED, observation, progress, merged);
    }

    public LocalTask claimed(Claim newClaim) {
        return new LocalTask(taskId, bootId, assignment, newClaim, observation, progress, containers);
    }

    public LocalTask observedAs(long newObservation) {
        return new LocalTask(taskId, bootId, assignment, claim, newObservation, progress, containers);
    }

    public LocalTask with(Progress newProgress) {
        return new LocalTask(taskId, bootId, assignment, claim, observation, newProgress, containers);
    }

    /** The container of that name is now this one. */
    public LocalTask with(LocalContainer container) {
        List<LocalContainer> next = new ArrayList<>(containers);
        next.replaceAll(held -> held.name().equals(container.name()) ? container : held);
        if (container(container.name()).isEmpty()) {
            next.add(container);
        }
        return new LocalTask(taskId, bootId, assignment, claim, observation, progress, next);
    }
}
