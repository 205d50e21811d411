package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Demand;

/**
 * A number of equal tasks that look for a host.
 *
 * @param group of the tasks, "service:NAME" for those of a service: whose tasks are spread, and kept apart
 * @param demand of each of them
 * @param seed what the lots of a random strategy are drawn from: the id of the first task, say
 */
public record PlacementRequest(String cluster, String group, Demand demand, int count, Rules rules, String seed) {
    public PlacementRequest {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
    }
}
