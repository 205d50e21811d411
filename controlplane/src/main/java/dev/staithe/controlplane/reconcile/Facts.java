package dev.staithe.controlplane.reconcile;

/** What every rule may ask beside the state. */
record Facts(Moment moment, Settings settings) {}
