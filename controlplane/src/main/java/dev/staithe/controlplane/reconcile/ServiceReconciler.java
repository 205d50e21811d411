package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;

/** Compares one service with its deployments and tasks. */
public final class ServiceReconciler {
    private ServiceReconciler() {}

    /** What to do for the service at this moment. */
    public static Plan plan(ClusterState state, Service service, Moment moment, Settings settings) {
        return Plan.NOTHING;
    }
}
