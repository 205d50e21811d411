package dev.staithe.controlplane.model;

/**
 * A value that tasks get and nobody reads back, as it is stored: encrypted.
 *
 * @param version 1, 2, 3, ...: grows with every value
 */
public record Secret(
        String cluster, String name, long version, long createdAtMillis, long updatedAtMillis, Sealed value) {}
