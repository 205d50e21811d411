package dev.staithe.agent.metadata;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.proto.v1.ContainerDefinition;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A task as this host holds and sees it at one moment.
 *
 * @param views the newest look at each of its containers that was ever seen, by name
 */
record HeldTask(LocalTask task, SortedMap<String, ContainerView> views) {
    HeldTask {
        views = Collections.unmodifiableSortedMap(new TreeMap<>(views));
    }

    static HeldTask of(LocalTask task, Function<String, Optional<ContainerView>> sightings) {
        SortedMap<String, ContainerView> views = new TreeMap<>();
        for (LocalContainer container : task.containers()) {
            sightings.apply(container.runtimeId()).ifPresent(view -> views.put(container.name(), view));
        }
        return new HeldTask(task, views);
    }

    /** With a newer look at one of its containers. */
    HeldTask with(LocalContainer container, ContainerView view) {
        SortedMap<String, ContainerView> more = new TreeMap<>(views);
        more.put(container.name(), view);
        return new HeldTask(task.with(container), more);
    }

    Optional<ContainerView> view(LocalContainer container) {
        return Optional.ofNullable(views.get(container.name()));
    }

    Optional<ContainerDefinition> definition(String container) {
        AssignedTask assignment = task.assignment();
        return assignment == null
                ? Optional.empty()
                : assignment.definition().getContainerDefinitionsList().stream()
                        .filter(c -> c.getName().equals(container))
                        .findFirst();
    }

    /** Empty for a task that was found and not named, and whose containers were not seen. */
    String cluster() {
        AssignedTask assignment = task.assignment();
        return assignment != null
                ? assignment.cluster()
                : views.values().stream()
                        .map(view -> view.labels().getOrDefault(ContainerLabels.CLUSTER, ""))
                        .findFirst()
                        .orElse("");
    }
}
