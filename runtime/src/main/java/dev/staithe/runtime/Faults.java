package dev.staithe.runtime;

/** Where bugs and broken invariants go. Production exits or counts; tests and the simulator fail. */
public interface Faults {
    /** State can no longer be trusted: the process must not go on. Does not return in production. */
    void fatal(String what, Throwable cause);

    /** Something that should not happen, after which it is still safe to go on. */
    void unexpected(String what, Throwable cause);
}
