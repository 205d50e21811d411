package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;

/** Where a service is between its creation and the end of its last task; derived, never stored. */
public enum ServiceStatus {
    ACTIVE,
    /** Deleted, and has tasks that have not stopped. */
    DRAINING,
    /** Deleted, and nothing is left of it but its record: the name is free. */
    INACTIVE;

    public static ServiceStatus of(ClusterState state, Service service) {
        if (!service.deleted()) {
            return ACTIVE;
        }
        return state.tasksOfService(service.uid()).stream().allMatch(t -> t.stopped()) ? INACTIVE : DRAINING;
    }
}
