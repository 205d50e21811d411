package dev.staithe.controlplane.intent;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A request that cannot be fulfilled. The message is one line for the user: what is wrong and what to do. */
public final class IntentException extends Exception {
    private final Reason reason;
    private final List<Violation> violations;
    private final SortedMap<String, String> metadata;

    private IntentException(Reason reason, String message, List<Violation> violations, Map<String, String> metadata) {
        // An expected outcome: where it was found tells nobody anything, and a flood of bad requests stays cheap.
        super(message, null, false, false);
        this.reason = reason;
        this.violations = List.copyOf(violations);
        this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /** Why, for machines; part of the API. */
    public enum Reason {
        INVALID_ARGUMENT,
        UNSUPPORTED_FIELD,
        CLUSTER_NOT_FOUND,
        SERVICE_NOT_FOUND,
        SERVICE_NOT_ACTIVE,
        TASK_NOT_FOUND,
        TASK_DEFINITION_NOT_FOUND,
        TASK_DEFINITION_INACTIVE,
        CONTAINER_INSTANCE_NOT_FOUND,
        CONTAINER_INSTANCE_NOT_ACTIVE,
        CONTAINER_INSTANCE_NOT_EMPTY,
        ATTRIBUTE_NOT_FOUND,
        ATTRIBUTE_LIMIT_EXCEEDED,
        /** Nothing can be placed in a cluster without any host. */
        NO_CONTAINER_INSTANCES,
        SERVICE_ALREADY_EXISTS,
        CLUSTER_NOT_EMPTY,
        SERVICE_SCALED_UP,
        CONFLICT,
        AMBIGUOUS,
        NOT_LEADER,
        NO_LEADER,
        STORE_UNAVAILABLE,
        STORE_FULL,
        NO_ROLLBACK_TARGET,
        DEPLOYMENT_NOT_IN_PROGRESS,
        AGENT_UNREACHABLE,
        /** What the container wrote went where it cannot be read back from. */
        LOG_UNREADABLE,
        EXECUTE_COMMAND_NOT_ENABLED,
        EXECUTE_COMMAND_FAILED,
        TASK_NOT_RUNNING,
        TOO_MANY_COMMANDS,
        SECRET_NOT_FOUND,
        SECRET_IN_USE,
        ROLE_NOT_FOUND,
        ROLE_IN_USE,
        /** This control plane has no key for secrets, or not the one that they are encrypted with. */
        SECRETS_KEY_MISSING,
        EVENTS_GONE
    }

    /**
     * One thing that is wrong with a request.
     *
     * @param field its path in the request's JSON form: {@code containerDefinitions[0].memory}
     * @param description the value and what was expected, or a sentence that begins with the field
     */
    public record Violation(String field, String description) {
        /** Field and description in one line. */
        public String line() {
            return description.startsWith(field) ? description : field + ": " + description;
        }
    }

    /** A refusal for one of the reasons that are not about a field. */
    public static IntentException of(Reason reason, String message) {
        return new IntentException(reason, message, List.of(), Map.of());
    }

    /** The request is wrong in these ways, the most important one first. */
    static IntentException invalid(Reason reason, List<Violation> violations) {
        String more = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        return new IntentException(reason, violations.getFirst().line() + more, violations, Map.of());
    }

    /** The request is wrong in one way. */
    public static IntentException invalid(String field, String description) {
        return invalid(Reason.INVALID_ARGUMENT, List.of(new Violation(field, description)));
    }

    /** The same was asked for in another way before, which made these things. */
    static IntentException conflict(String message, List<String> resourceIds) {
        return new IntentException(
                Reason.CONFLICT, message, List.of(), Map.of("resourceIds", String.join(",", resourceIds)));
    }

    /** Only the leader can do it, and it is somewhere else. */
    public static IntentException notLeader(String leaderAddress) {
        return new IntentException(
                Reason.NOT_LEADER,
                "this control plane does not lead (the leader answers at " + leaderAddress + ")",
                List.of(),
                Map.of("leader", leaderAddress));
    }

    /** Only a leader can do it, and there is none. */
    public static IntentException noLeader() {
        return of(Reason.NO_LEADER, "no control plane leads at the moment (try again in a few seconds)");
    }

    /** The store does not answer. */
    public static IntentException storeUnavailable(String why) {
        return of(Reason.STORE_UNAVAILABLE, "the store does not answer: " + why + " (try again in a few seconds)");
    }

    /** A value that a user gave, fit for a message: on one line, and cut when it is long. */
    public static String shown(String value) {
        return Problems.shown(value);
    }

    public Reason reason() {
        return reason;
    }

    /** Empty unless the request itself is wrong. */
    public List<Violation> violations() {
        return violations;
    }

    /** More for machines, such as the leader's address. */
    public SortedMap<String, String> metadata() {
        return metadata;
    }
}
