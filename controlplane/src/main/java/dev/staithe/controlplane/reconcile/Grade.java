package dev.staithe.controlplane.reconcile;

/** How good a live task is, the worst first: the order in which a service gives its tasks up. */
enum Grade {
    /** Placed, not running yet. */
    PENDING,
    /** Runs and fails its health checks. */
    UNHEALTHY,
    /** Runs, and is not known to be healthy yet. */
    WARMING,
    /** Runs, and passed its health checks, or ran long enough without one: what counts toward the minimum. */
    HEALTHY
}
