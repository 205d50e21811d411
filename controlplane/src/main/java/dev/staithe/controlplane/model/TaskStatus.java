package dev.staithe.controlplane.model;

/** Where a task is in its life; it never goes back. */
public enum TaskStatus {
    PENDING,
    RUNNING,
    /** It is to stop, and takes no new connections; those that it has may go on for a while. */
    DEACTIVATING,
    STOPPING,
    STOPPED
}
