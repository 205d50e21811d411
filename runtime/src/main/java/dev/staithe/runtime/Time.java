package dev.staithe.runtime;

import java.time.Instant;

/** The two clocks. Nothing decides by comparing {@link #now()} of two machines. */
public interface Time {
    /** The wall clock, for people and for records that people read. It may jump. */
    Instant now();

    /** A clock that only goes forward, in nanoseconds from an arbitrary origin, for durations and deadlines. */
    long nanos();
}
