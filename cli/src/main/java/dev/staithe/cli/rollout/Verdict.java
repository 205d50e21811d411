package dev.staithe.cli.rollout;

/** What a rollout has come to. */
public sealed interface Verdict {
    /**
     * It goes on.
     *
     * @param progress in one line
     * @param blocked whether nothing moves until somebody makes room: tasks wait for a place, and nothing that runs
     *     will free one
     */
    record InProgress(String progress, boolean blocked) implements Verdict {}

    /** All tasks run and are healthy, and no older ones are left. */
    record Steady() implements Verdict {}

    /** It will not complete. */
    record Failed(String why) implements Verdict {}

    /** It failed, and another deployment brings an earlier revision back. */
    record RolledBack(String why) implements Verdict {}

    /** The bounds of its configuration let it neither start nor stop a task. */
    record Stuck() implements Verdict {}

    /** Tasks wait for a place that no host has. */
    record NotPlaced() implements Verdict {}

    /** The time that the user gave it has passed. */
    record TimedOut(String limit) implements Verdict {}

    /** A newer deployment took its place before it was complete. */
    record Superseded(String deployment, String taskDefinition) implements Verdict {}

    /** The service was deleted before it was complete. */
    record Deleted() implements Verdict {}
}
