package dev.staithe.controlplane.model;

import dev.staithe.runtime.Ids;
import java.math.BigInteger;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One roll-out of a service. The one of the service's own generation is PRIMARY, all others are ACTIVE until their last
 * task has stopped; after that the record tells what became of it.
 *
 * @param generation the service's generation that it rolls out
 * @param origin why it was begun
 * @param nextOrdinal of the next task; task ids are derived from it, so a plan that is applied twice makes no task twice
 * @param desiredCount how many tasks it is meant to hold: the service's desired count while it is PRIMARY, and from then
 *     on what that was when a newer deployment took its place
 * @param images container name to the digest of the image that all its tasks run; empty until it is known
 */
public record Deployment(
        String cluster,
        String serviceUid,
        String serviceName,
        long generation,
        TaskDefinitionRef taskDefinition,
        Origin origin,
        long createdAtMillis,
        long updatedAtMillis,
        Outcome outcome,
        long nextOrdinal,
        Failures failures,
        int desiredCount,
        SortedMap<String, String> images) {
    public Deployment {
        images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
    }

    /** How far a roll-out is. */
    public enum Rollout {
        IN_PROGRESS,
        COMPLETED,
        /** The circuit breaker gave it up: it starts no more tasks. */
        FAILED,
        /** A user wants it left as it is: it starts and stops no more tasks. */
        STOPPED
    }

    /**
     * What became of it so far.
     *
     * @param finishedAtMillis 0 = not finished
     * @param rollbackTo of a FAILED one: the generation whose revision is to be brought back; 0 = none
     */
    public record Outcome(Rollout rollout, String reason, long finishedAtMillis, long rollbackTo) {}

    /**
     * Tasks of it that did not come up. Each is counted once, whoever leads.
     *
     * @param inARow tasks in a row that ended without becoming healthy: what the restart throttle grows with
     * @param countedTo the store revision of the newest ended task that was counted: one that ended later was not counted
     *     yet, one that ended before is never counted twice
     * @param breaker what the circuit breaker counts
     * @param hasRun a task of it has been RUNNING
     */
    public record Failures(int inARow, long countedTo, int breaker, boolean hasRun) {
        public static final Failures NONE = new Failures(0, 0, 0, false);
    }

    /** The first record of the service's current generation. */
    public static Deployment begin(Service service, long atMillis) {
        return new Deployment(
                service.cluster(),
                service.uid(),
                service.name(),
                service.generation(),
                service.taskDefinition(),
                service.origin(),
                atMillis,
                atMillis,
                new Outcome(Rollout.IN_PROGRESS, beginning(service), 0, 0),
                0,
                Failures.NONE,
                service.desired(),
                new TreeMap<>());
    }

    private static String beginning(Service service) {
        Origin origin = service.origin();
        return origin.kind() == Origin.Kind.CIRCUIT_BREAKER
                ? "ECS deployment circuit breaker: rolling back to deploymentId "
                        + id(service.uid(), origin.broughtBack()) + "."
                : "ECS deployment " + id(service.uid(), service.generation()) + " in progress.";
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

    public Rollout rollout() {
        return outcome.rollout();
    }

    public String rolloutReason() {
        return outcome.reason();
    }

    /** Tasks in a row that ended without becoming healthy. */
    public int failedTasks() {
        return failures.inARow();
    }

    /** The id of the deployment's task of that ordinal. */
    public String taskId(long ordinal) {
        return Ids.derived(serviceUid, Long.toString(generation), Long.toString(ordinal));
    }

    /** The deployment, with tasks up to this ordinal given out. */
    public Deployment numbered(long next, long atMillis) {
        return changed(outcome, next, failures, desiredCount, images, atMillis);
    }

    /** Every task that it wants is up. */
    public Deployment completed(long atMillis) {
        return ended(Rollout.COMPLETED, "ECS deployment " + id() + " completed.", 0, atMillis);
    }

    /** It came to this end. */
    public Deployment ended(Rollout rollout, String reason, long rollbackTo, long atMillis) {
        Outcome next = new Outcome(rollout, reason, atMillis, rollbackTo);
        return changed(next, nextOrdinal, failures, desiredCount, images, atMillis);
    }

    /** With its failed tasks counted. */
    public Deployment counted(Failures counted, long atMillis) {
        return changed(outcome, nextOrdinal, counted, desiredCount, images, atMillis);
    }

    /** Meant to hold this many tasks. */
    public Deployment scaled(int desired, long atMillis) {
        return changed(outcome, nextOrdinal, failures, desired, images, atMillis);
    }

    /** All its tasks run these images. */
    public Deployment pinned(SortedMap<String, String> digests, long atMillis) {
        return changed(outcome, nextOrdinal, failures, desiredCount, digests, atMillis);
    }

    private Deployment changed(
            Outcome next,
            long ordinal,
            Failures counted,
            int desired,
            SortedMap<String, String> digests,
            long atMillis) {
        return new Deployment(
                cluster,
                serviceUid,
                serviceName,
                generation,
                taskDefinition,
                origin,
                createdAtMillis,
                atMillis,
                next,
                ordinal,
                counted,
                desired,
                digests);
    }
}
