package dev.staithe.controlplane.reconcile;

/** Why a live task is to be replaced elsewhere and then stopped. */
enum Displacement {
    /** It stays where it is. */
    NONE,
    /** Its host is being drained, or was taken out of the cluster. */
    DRAINED,
    /** It stands where too many others of its service stand. */
    MOVED
}
