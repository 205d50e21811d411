package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Demand;

/**
 * A number of equal tasks that look for a host.
 *
 * @param spreadGroup whose tasks are spread over the hosts: the uid of a service, or the group of standalone tasks
 * @param demand of each of them
 */
public record PlacementRequest(String cluster, String spreadGroup, Demand demand, int count) {
    public PlacementRequest {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
    }
}
