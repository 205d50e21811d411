package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Places tasks that take the place of others, which go on until the new ones are up. The others take their room as long as
 * they are there, and constraints see them; but strategies do not count them, or the new ones would be spread around tasks
 * that are about to go.
 *
 * <p>Example: zones 1 and 2 have two tasks each, and one of zone 1 is on a host that is being drained. Counted, its
 * replacement could go to either zone, and zone 2 could end with three of four. Not counted, it goes to zone 1.
 */
public final class Replacements {
    private Replacements() {}

    /**
     * Where one task that takes the place of these would go; nothing is taken off the capacity.
     *
     * @param capacity of whichever state, told of every host that differs; it is of this state afterwards. Asking it again
     *     costs little, where a new one looks at all hosts
     */
    public static Optional<String> next(
            ClusterState state, Capacity capacity, PlacementRequest request, List<Task> replaced) {
        capacity.at(without(state, replaced));
        List<String> chosen = Placer.place(capacity, request.of(1)).instanceIds();
        capacity.at(state);
        return chosen.stream()
                .filter(id -> state.instance(id)
                        .filter(host -> capacity.fits(host, request.of(1)) instanceof Verdict.Fits)
                        .isPresent())
                .findFirst();
    }

    private static ClusterState without(ClusterState state, List<Task> replaced) {
        return state.assuming(replaced.stream().map(t -> t.grouped("")).toList());
    }

    /**
     * Places what can be placed and takes it off the capacity.
     *
     * @param state that the capacity is of, with what was placed since
     * @param replaced tasks of the request's group
     */
    public static Placement place(
            ClusterState state, Capacity capacity, PlacementRequest request, List<Task> replaced) {
        if (replaced.isEmpty()) {
            return Placer.place(capacity, request);
        }
        List<String> chosen = new ArrayList<>();
        for (String id :
                Placer.place(Capacity.of(without(state, replaced)), request).instanceIds()) {
            // The one who decides is the real capacity: a constraint may have been met only without them.
            state.instance(id)
                    .filter(host -> Placer.placeOn(capacity, host, request.of(1)) instanceof Verdict.Fits)
                    .ifPresent(host -> chosen.add(id));
        }
        int left = request.count() - chosen.size();
        if (left == 0) {
            return new Placement(chosen, Optional.empty());
        }
        Placement rest = Placer.place(capacity, request.of(left));
        chosen.addAll(rest.instanceIds());
        return new Placement(chosen, rest.explanation());
    }
}
