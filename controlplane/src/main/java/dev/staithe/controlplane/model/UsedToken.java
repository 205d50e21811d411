package dev.staithe.controlplane.model;

import dev.staithe.runtime.Ids;

/**
 * A client token that RunTask was called with: what it started is not started again.
 *
 * @param seed what the ids of its tasks derive from: the same for the same token
 * @param requestDigest of the request that it came with
 * @param started how many tasks it started: those with the numbers from 0
 */
public record UsedToken(String cluster, String seed, long requestDigest, int started, long createdAtMillis) {
    /** The id of the task with that number, from 0. */
    public static String taskId(String seed, int number) {
        return Ids.derived(seed, Integer.toString(number));
    }
}
