package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.state.ClusterState;

/** What every rule may ask. */
record Facts(ClusterState state, Moment moment, Settings settings) {}
