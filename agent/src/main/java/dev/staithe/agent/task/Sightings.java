package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerView;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The newest look at each container of the tasks that are held: what is true of it on this host and is not part of a task's
 * hard state, its process and its addresses. Soft: found again by looking. Confined to the loop; written by workers alone.
 */
final class Sightings {
    private final TreeMap<String, ContainerView> byId = new TreeMap<>();

    void seen(ContainerView view) {
        byId.put(view.id(), view);
    }

    void gone(String runtimeId) {
        byId.remove(runtimeId);
    }

    Optional<ContainerView> of(String runtimeId) {
        return Optional.ofNullable(byId.get(runtimeId));
    }
}
