package dev.staithe.runtime;

import org.jspecify.annotations.Nullable;

/** How blocking work ended. */
public sealed interface Outcome<T extends @Nullable Object> {
    /** The work answered. */
    record Done<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /** The work threw. Errors that are not exceptions never get here: they are faults. */
    record Failed<T extends @Nullable Object>(Exception cause) implements Outcome<T> {}
}
