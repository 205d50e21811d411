package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;
import java.util.Optional;

/** Asks where a task would go that takes the place of others. {@link Placer} has the rule, and places such tasks. */
public final class Replacements {
    private Replacements() {}

    /**
     * Where one task that takes the place of these would go; nothing is taken off the capacity.
     *
     * @param capacity of whichever state, told of every host that differs; it is of this state afterwards. Asking it again
     *     costs little, where a new one looks at all hosts
     * @param replaced tasks of the request's group
     */
    public static Optional<String> next(
            ClusterState state, Capacity capacity, PlacementRequest request, List<Task> replaced) {
        capacity.at(state);
        List<String> chosen = Placer.place(capacity, request.of(1), replaced).instanceIds();
        capacity.at(state);
        return chosen.stream().findFirst();
    }
}
