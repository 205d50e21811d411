package dev.staithe.controlplane.model;

import dev.staithe.runtime.Ids;
import java.math.BigInteger;

/**
 * One roll-out of a service. The one of the service's own generation is PRIMARY, all others are ACTIVE until their last
 * task has stopped.
 *
 * @param generation the service's generation that it rolls out
 * @param nextOrdinal of the next task; task ids are derived from it, so a plan that is applied twice makes no task twice
 * @param failedTasks tasks in a row that ended without becoming healthy: what the restart throttle grows with
 * @param countedTo the store revision of the newest ended task that failedTasks has counted: one that ended later was not
 *     counted yet, one that ended before is never counted twice
 * @param desiredCount how many tasks it is meant to hold: the service's desired count while it is PRIMARY, and from then
 *     on what that was when a newer deployment took its place
 */
public record Deployment(
        String cluster,
        String serviceUid,
        String serviceName,
        long generation,
        TaskDefinitionRef taskDefinition,
        long createdAtMillis,
        long updatedAtMillis,
        Rollout rollout,
        String rolloutReason,
        long nextOrdinal,
        int failedTasks,
        long countedTo,
        int desiredCount) {
    /** How far a roll-out is. */
    public enum Rollout {
        IN_PROGRESS,
        COMPLETED,
        FAILED
    }

    /** The first record of the service's current generation. */
    public static Deployment begin(Service service, long atMillis) {
        return new Deployment(
                service.cluster(),
                service.uid(),
                service.name(),
                service.generation(),
                service.taskDefinition(),
                atMillis,
                atMillis,
                Rollout.IN_PROGRESS,
                "ECS deployment " + id(service.uid(), service.generation()) + " in progress.",
                0,
                0,
                0,
                service.desired());
    }

    /** ecs-svc/ and 19 digits, always the same for one generation of one service. */
    public static String id(String serviceUid, long generation) {
        BigInteger number = new BigInteger(Ids.derived(serviceUid, Long.toString(generation)), 16)
                .mod(BigInteger.TEN.pow(19).subtract(BigInteger.TEN.pow(18)))
                .add(BigInteger.TEN.pow(18));
        return "ecs-svc/" + number;
    }

    public String id() {
        return id(serviceUid, generation);
    }

    /** The id of the deployment's task of that ordinal. */
    public String taskId(long ordinal) {
        return Ids.derived(serviceUid, Long.toString(generation), Long.toString(ordinal));
    }

    /** The deployment, with tasks up to this ordinal given out. */
    public Deployment numbered(long next, long atMillis) {
        return changed(rollout, rolloutReason, next, failedTasks, countedTo, desiredCount, atMillis);
    }

    /** Every task that it wants is up. */
    public Deployment completed(long atMillis) {
        String reason = "ECS deployment " + id() + " completed.";
        return changed(Rollout.COMPLETED, reason, nextOrdinal, failedTasks, countedTo, desiredCount, atMillis);
    }

    /** With this many failed tasks in a row, counted up to that revision. */
    public Deployment failed(int tasks, long revision, long atMillis) {
        return changed(rollout, rolloutReason, nextOrdinal, tasks, revision, desiredCount, atMillis);
    }

    /** Meant to hold this many tasks. */
    public Deployment scaled(int desired, long atMillis) {
        return changed(rollout, rolloutReason, nextOrdinal, failedTasks, countedTo, desired, atMillis);
    }

    private Deployment changed(
            Rollout state, String reason, long ordinal, int failures, long counted, int desired, long atMillis) {
        return new Deployment(
                cluster,
                serviceUid,
                serviceName,
                generation,
                taskDefinition,
                createdAtMillis,
                atMillis,
                state,
                reason,
                ordinal,
                failures,
                counted,
                desired);
    }
}
