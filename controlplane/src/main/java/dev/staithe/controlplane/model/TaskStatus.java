package dev.staithe.controlplane.model;

/** Where a task is in its life; it never goes back. */
public enum TaskStatus {
    PENDING,
    RUNNING,
    STOPPING,
    STOPPED
}
