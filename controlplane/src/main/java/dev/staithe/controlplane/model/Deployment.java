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
        int failedTasks) {
    /** How far a roll-out is. */
    public enum Rollout {
        IN_PROGRESS,
        COMPLETED,
        FAILED
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
        return new Deployment(
                cluster,
                serviceUid,
                serviceName,
                generation,
                taskDefinition,
                createdAtMillis,
                atMillis,
                rollout,
                rolloutReason,
                next,
                failedTasks);
    }
}
