package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where tasks may go, and which of those places is preferred. The control plane judges the values. */
final class PlacementOptions {
    @Option(
            names = "--constraint",
            paramLabel = "RULE",
            description = "Where tasks may be: distinctInstance, or memberOf(EXPRESSION); may be given again.")
    List<String> constraints = new ArrayList<>();

    @Option(
            names = "--strategy",
            paramLabel = "RULE",
            description = "Which place is preferred: spread:FIELD, binpack:cpu, binpack:memory or random; may be given"
                    + " again, each refines the one before.")
    List<String> strategies = new ArrayList<>();

    boolean given() {
        return !constraints.isEmpty() || !strategies.isEmpty();
    }

    List<PlacementConstraint> constraints() {
        return constraints.stream().map(PlacementOptions::constraint).toList();
    }

    List<PlacementStrategy> strategies() {
        return strategies.stream().map(PlacementOptions::strategy).toList();
    }

    private static PlacementConstraint constraint(String text) {
        if (text.equalsIgnoreCase("distinctInstance")) {
            return PlacementConstraint.newBuilder().setType("distinctInstance").build();
        }
        int open = text.indexOf('(');
        if (open > 0 && text.substring(0, open).equalsIgnoreCase("memberOf") && text.endsWith(")")) {
            return PlacementConstraint.newBuilder()
                    .setType("memberOf")
                    .setExpression(text.substring(open + 1, text.length() - 1).strip())
                    .build();
        }
        throw CommandFailure.usage(
                "--constraint: " + text + " (expected: distinctInstance, or 'memberOf(attribute:NAME == VALUE)')");
    }

    private static PlacementStrategy strategy(String text) {
        int colon = text.indexOf(':');
        return PlacementStrategy.newBuilder()
                .setType(colon < 0 ? text : text.substring(0, colon))
                .setField(colon < 0 ? "" : text.substring(colon + 1))
                .build();
    }
}
