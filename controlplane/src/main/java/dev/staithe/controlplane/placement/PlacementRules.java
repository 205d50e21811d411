package dev.staithe.controlplane.placement;

import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.List;

/**
 * What a user asks of placement beyond room.
 *
 * @param constraints all of them bind
 * @param strategies each refines the one before it; empty = the default, spread over availability zones
 */
public record PlacementRules(List<Constraint> constraints, List<Strategy> strategies) {
    /** No constraint, and the default strategy. */
    public static final PlacementRules NONE = new PlacementRules(List.of(), List.of());

    private static final List<Strategy> DEFAULT = List.of(new Strategy.SpreadAttribute("ecs.availability-zone"));

    public PlacementRules {
        constraints = constraints.stream().distinct().toList();
        strategies = strategies.stream().distinct().toList();
    }

    /** The rules that the messages say, as they were accepted: those of a service or of RunTask. */
    public static PlacementRules of(List<PlacementConstraint> constraints, List<PlacementStrategy> strategies) {
        if (constraints.isEmpty() && strategies.isEmpty()) {
            return NONE;
        }
        return new PlacementRules(
                constraints.stream().map(Constraint::of).toList(),
                strategies.stream().flatMap(s -> Strategy.of(s).stream()).toList());
    }

    /** With those of the task definition, which bind just as well. */
    public PlacementRules and(List<PlacementConstraint> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Constraint> all = new java.util.ArrayList<>(constraints);
        more.forEach(m -> all.add(Constraint.of(m)));
        return new PlacementRules(all, strategies);
    }

    /** The constraints alone: what a task on a named host is asked. */
    public PlacementRules onOneHost() {
        return new PlacementRules(constraints, List.of());
    }

    /** The strategies that count, the default where none was given. */
    List<Strategy> ranking() {
        return strategies.isEmpty() ? DEFAULT : strategies;
    }

    boolean distinctInstance() {
        return constraints.contains(new Constraint.DistinctInstance());
    }
}
