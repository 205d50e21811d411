package dev.staithe.controlplane.store;

/** How a transaction ended. */
public sealed interface CommitResult {
    /** Applied, and durable. */
    record Committed(long revision) implements CommitResult {}

    /** A guard did not hold and nothing was changed; the store was at the given revision, or a later one. */
    record Conflict(long revision) implements CommitResult {}

    /** A {@link Guard.Held} did not hold: whoever asked is not the leader any more. Nothing was changed. */
    record Fenced() implements CommitResult {}

    /** Applied or not, nobody knows: a time-out, a lost connection. Never retried blindly. */
    record Unknown(String cause) implements CommitResult {}

    /** Refused before anything was changed, for a reason that does not go away by asking again now: a full disk. */
    record Refused(String cause) implements CommitResult {}
}
