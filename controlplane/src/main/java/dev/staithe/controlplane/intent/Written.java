package dev.staithe.controlplane.intent;

/**
 * What a write left in the store.
 *
 * @param revision of the store as of which the value is there
 */
public record Written<T>(T value, long revision) {}
