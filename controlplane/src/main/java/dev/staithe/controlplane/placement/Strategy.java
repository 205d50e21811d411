package dev.staithe.controlplane.placement;

import dev.staithe.proto.v1.PlacementStrategy;
import java.util.Locale;
import java.util.Optional;

/** How hosts that can take a task are ranked. */
public sealed interface Strategy {
    /** Fewest tasks of the group on the host. */
    record SpreadHosts() implements Strategy {}

    /** Fewest tasks of the group on all hosts with the same value of the attribute; hosts without it come last. */
    record SpreadAttribute(String name) implements Strategy {}

    /** The least of it left. */
    record Binpack(Resource resource) implements Strategy {}

    /** By lot, drawn anew for each task: the lots follow from the request's seed, so the same question draws the same. */
    record Random() implements Strategy {}

    /** What can be packed. */
    enum Resource {
        CPU,
        MEMORY
    }

    /**
     * The strategy that the user wrote, which was validated when it was accepted; empty when it is of a kind that this
     * version does not know: a strategy is best effort.
     */
    static Optional<Strategy> of(PlacementStrategy spec) {
        String field = spec.getField();
        return switch (spec.getType()) {
            case "random" -> Optional.of(new Random());
            case "spread" ->
                field.equals("host") || field.equals("instanceId")
                        ? Optional.of(new SpreadHosts())
                        : Optional.of(new SpreadAttribute(
                                field.startsWith("attribute:") ? field.substring("attribute:".length()) : field));
            case "binpack" ->
                switch (field.toLowerCase(Locale.ROOT)) {
                    case "cpu" -> Optional.of(new Binpack(Resource.CPU));
                    case "memory" -> Optional.of(new Binpack(Resource.MEMORY));
                    default -> Optional.empty();
                };
            default -> Optional.empty();
        };
    }
}
