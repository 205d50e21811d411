package dev.staithe.controlplane.store;

/** What must hold for a transaction to be applied. */
public sealed interface Guard {
    String key();

    /** The key was last changed at exactly this revision. */
    record Unchanged(String key, long revision) implements Guard {}

    /** There is no such key. */
    record Absent(String key) implements Guard {}

    /**
     * The key was created at exactly this revision and has not been deleted since: the fence of a leader, whose epoch is
     * that revision. A transaction for which it fails is {@link CommitResult.Fenced}, whatever the other guards say.
     */
    record Held(String key, long created) implements Guard {}
}
