package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.placement.query.ClusterQuery;
import dev.staithe.controlplane.placement.query.QuerySyntaxException;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.TaskDefinitionPlacementConstraint;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What requests may say about placement: ECS's rules. Types and fields are taken in any case, as ECS takes them; what is
 * stored is their {@linkplain #canonical canonical} spelling, the only one that placement knows.
 */
final class PlacementRules {
    private static final int MOST_CONSTRAINTS = 10;
    private static final int MOST_STRATEGIES = 5;
    private static final String DISTINCT_INSTANCE = "distinctInstance";
    private static final String MEMBER_OF = "memberOf";
    private static final String ATTRIBUTE = "attribute:";
    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_.\\\\/-]{1,128}");
    private static final String CONSTRAINTS = "placementConstraints";
    private static final String STRATEGY = "placementStrategy";

    private PlacementRules() {}

    /** The constraints of a service. */
    static void checkConstraints(List<PlacementConstraint> constraints, Problems problems) {
        checkConstraints(constraints, 0, problems);
    }

    /** The constraints of a request that starts tasks: together with those of its task definition they have one limit. */
    static void checkConstraints(List<PlacementConstraint> constraints, int ofDefinition, Problems problems) {
        if (constraints.size() + ofDefinition > MOST_CONSTRAINTS) {
            problems.invalid(
                    CONSTRAINTS,
                    constraints.size() + " constraints"
                            + (ofDefinition == 0 ? "" : " and " + ofDefinition + " of the task definition"),
                    "at most " + MOST_CONSTRAINTS + (ofDefinition == 0 ? "" : " together"));
        }
        for (int i = 0; i < constraints.size(); i++) {
            check(CONSTRAINTS + "[" + i + "]", canonical(constraints.get(i)), problems);
        }
    }

    /** The constraints of a task definition, which can only say where its tasks may be. */
    static void checkDefinition(List<TaskDefinitionPlacementConstraint> constraints, Problems problems) {
        if (constraints.size() > MOST_CONSTRAINTS) {
            problems.invalid(CONSTRAINTS, constraints.size() + " constraints", "at most " + MOST_CONSTRAINTS);
        }
        for (int i = 0; i < constraints.size(); i++) {
            String at = CONSTRAINTS + "[" + i + "]";
            String type = constraints.get(i).getType();
            if (type.equalsIgnoreCase(MEMBER_OF)) {
                checkExpression(at, constraints.get(i).getExpression(), problems);
            } else {
                problems.invalid(at + ".type", type, MEMBER_OF);
            }
        }
    }

    /** The strategies of any request. */
    static void checkStrategies(List<PlacementStrategy> strategies, Problems problems) {
        if (strategies.size() > MOST_STRATEGIES) {
            problems.invalid(STRATEGY, strategies.size() + " strategies", "at most " + MOST_STRATEGIES);
        }
        for (int i = 0; i < strategies.size(); i++) {
            check(STRATEGY + "[" + i + "]", canonical(strategies.get(i)), problems);
        }
    }

    /** The constraint with its type as placement knows it. */
    static PlacementConstraint canonical(PlacementConstraint constraint) {
        return constraint.toBuilder()
                .setType(spelled(constraint.getType(), DISTINCT_INSTANCE, MEMBER_OF))
                .build();
    }

    /** The constraint of a task definition with its type as placement knows it. */
    static TaskDefinitionPlacementConstraint canonical(TaskDefinitionPlacementConstraint constraint) {
        return constraint.toBuilder()
                .setType(spelled(constraint.getType(), MEMBER_OF))
                .build();
    }

    /** The strategy with its type and field as placement knows them. */
    static PlacementStrategy canonical(PlacementStrategy strategy) {
        String type = strategy.getType().toLowerCase(Locale.ROOT);
        return strategy.toBuilder()
                .setType(type)
                .setField(
                        switch (type) {
                            case "spread" -> spelled(strategy.getField(), "instanceId", "host");
                            case "binpack" -> spelled(strategy.getField(), "cpu", "memory");
                            default -> strategy.getField();
                        })
                .build();
    }

    private static void check(String at, PlacementConstraint constraint, Problems problems) {
        switch (constraint.getType()) {
            case DISTINCT_INSTANCE -> {
                if (!constraint.getExpression().isEmpty()) {
                    problems.invalid(
                            at + ".expression", constraint.getExpression(), "absent: distinctInstance takes none");
                }
            }
            case MEMBER_OF -> checkExpression(at, constraint.getExpression(), problems);
            default -> problems.invalid(at + ".type", constraint.getType(), DISTINCT_INSTANCE + " or " + MEMBER_OF);
        }
    }

    private static void checkExpression(String at, String expression, Problems problems) {
        try {
            ClusterQuery.parse(expression);
        } catch (QuerySyntaxException bad) {
            problems.say(at + ".expression", bad.line());
        }
    }

    private static void check(String at, PlacementStrategy strategy, Problems problems) {
        String field = strategy.getField();
        switch (strategy.getType()) {
            case "random" -> {
                if (!field.isEmpty()) {
                    problems.invalid(at + ".field", field, "absent: random takes none");
                }
            }
            case "spread" -> {
                boolean attribute = field.startsWith(ATTRIBUTE)
                        && ATTRIBUTE_NAME
                                .matcher(field.substring(ATTRIBUTE.length()))
                                .matches();
                if (!attribute && !field.equals("instanceId") && !field.equals("host")) {
                    problems.invalid(at + ".field", field, "instanceId, host or attribute:NAME");
                }
            }
            case "binpack" -> {
                if (!field.equals("cpu") && !field.equals("memory")) {
                    problems.invalid(at + ".field", field, "cpu or memory");
                }
            }
            default -> problems.invalid(at + ".type", strategy.getType(), "random, spread or binpack");
        }
    }

    private static String spelled(String text, String... spellings) {
        for (String spelling : spellings) {
            if (text.equalsIgnoreCase(spelling)) {
                return spelling;
            }
        }
        return text;
    }
}
