package dev.staithe.controlplane.placement;

import dev.staithe.proto.v1.PlacementConstraint;

/** What a host must be, or must not hold, whatever room it has. */
public sealed interface Constraint {
    /** No two tasks of the group, STOPPED ones apart, on one host. */
    record DistinctInstance() implements Constraint {}

    /**
     * Hosts that the expression selects.
     *
     * @param expression in the cluster query language
     */
    record MemberOf(String expression) implements Constraint {}

    /**
     * Of a kind that this version does not know, written by a newer one. A constraint binds, so no host meets it.
     *
     * @param type as it is stored
     */
    record Unknown(String type) implements Constraint {}

    /** The constraint that the user wrote, which was validated when it was accepted. */
    static Constraint of(PlacementConstraint spec) {
        return switch (spec.getType()) {
            case "distinctInstance" -> new DistinctInstance();
            case "memberOf" -> new MemberOf(spec.getExpression());
            default -> new Unknown(spec.getType());
        };
    }
}
