package dev.staithe.controlplane.placement;

import java.util.List;
import java.util.Optional;

/** Where the tasks of a request go, and why the rest of them goes nowhere. */
public final class Placement {
    private final List<String> instanceIds;
    private final Optional<Explanation> explanation;

    Placement(List<String> instanceIds, Optional<Explanation> explanation) {
        this.instanceIds = List.copyOf(instanceIds);
        this.explanation = explanation;
    }

    /** One host for each task that found one, in the order in which they were chosen. */
    public List<String> instanceIds() {
        return instanceIds;
    }

    /** Why the next task found no host; empty when all of them did. */
    public Optional<Explanation> explanation() {
        return explanation;
    }
}
