package dev.staithe.controlplane.placement;

import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * What a user asks of placement beyond room.
 *
 * @param constraints all of them bind
 * @param strategies each refines the one before it; empty = the default, spread over availability zones
 */
public record Rules(List<Constraint> constraints, List<Strategy> strategies) {
    /** No constraint, and the default strategy. */
    public static final Rules NONE = new Rules(List.of(), List.of());

    private static final List<Strategy> DEFAULT = List.of(new Strategy.SpreadAttribute("ecs.availability-zone"));

    public Rules {
        constraints = constraints.stream().distinct().toList();
        strategies = strategies.stream().distinct().toList();
    }

    /** The rules that the messages say, as they were accepted: those of a service or of RunTask. */
    public static Rules of(List<PlacementConstraint> constraints, List<PlacementStrategy> strategies) {
        if (constraints.isEmpty() && strategies.isEmpty()) {
            return NONE;
        }
        return new Rules(
                constraints.stream().map(Constraint::of).toList(),
                strategies.stream().flatMap(s -> Strategy.of(s).stream()).toList());
    }

    /** With the constraints of the task definition, which bind just as well. */
    public Rules and(TaskDefinition definition) {
        if (definition.getPlacementConstraintsCount() == 0) {
            return this;
        }
        List<Constraint> all = new ArrayList<>(constraints);
        definition
                .getPlacementConstraintsList()
                .forEach(c -> all.add(Constraint.of(PlacementConstraint.newBuilder()
                        .setType(c.getType())
                        .setExpression(c.getExpression())
                        .build())));
        return new Rules(all, strategies);
    }

    /** The strategies that count, the default where none was given. */
    List<Strategy> ranking() {
        return strategies.isEmpty() ? DEFAULT : strategies;
    }

    boolean distinctInstance() {
        return constraints.contains(new Constraint.DistinctInstance());
    }
}
