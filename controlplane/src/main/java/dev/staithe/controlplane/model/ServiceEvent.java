package dev.staithe.controlplane.model;

/**
 * An event of a service, in ECS's words.
 *
 * @param number 1, 2, 3, ... for a service
 * @param cause what it is about; the same message is not repeated while its cause stays the newest of that name
 */
public record ServiceEvent(
        String id,
        String cluster,
        String serviceUid,
        long number,
        long createdAtMillis,
        String message,
        String cause) {}
