package dev.staithe.controlplane.model;

/** What health checks say of a container or a task. */
public enum Health {
    HEALTHY,
    UNHEALTHY,
    UNKNOWN
}
