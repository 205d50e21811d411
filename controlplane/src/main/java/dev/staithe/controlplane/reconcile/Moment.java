package dev.staithe.controlplane.reconcile;

import org.pcollections.HashPMap;

/**
 * When a plan is made, and what this leader has seen with its own clock. Soft state: a new leader starts without
 * sightings, and so gives every task and every host a full fresh allowance.
 *
 * @param nanos the monotonic clock: what durations are measured with
 * @param millis the wall clock, for records that people read
 * @param runningSince task id to when this leader first saw it RUNNING, monotonic nanoseconds
 * @param stoppedSince task id to when this leader first saw it STOPPED, monotonic nanoseconds; absent = not yet
 * @param failedAt deployment id to when this leader last saw one of its tasks end without having become healthy
 * @param heardFrom instance id to when this leader last heard from its agent; absent = not since it began to lead
 * @param ledSince when this leader began to lead
 */
public record Moment(
        long nanos,
        long millis,
        HashPMap<String, Long> runningSince,
        HashPMap<String, Long> stoppedSince,
        HashPMap<String, Long> failedAt,
        HashPMap<String, Long> heardFrom,
        long ledSince) {}
