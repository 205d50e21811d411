package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;

/** A random request, as a user would write it, for placer and oracle alike. */
record Ask(
        String group,
        Demand demand,
        int count,
        boolean distinct,
        List<Expression> expressions,
        List<String> strategies,
        String seed) {
    static final String DEFAULT = "spread attribute:ecs.availability-zone";

    private static final List<String> STRATEGIES =
            List.of(DEFAULT, "spread attribute:rack", "spread host", "binpack cpu", "binpack memory", "random");
    private static final List<Expression> EXPRESSIONS = List.of(
            new Expression(
                    "attribute:stack == prod",
                    (h, held) -> "prod".equals(h.attributes().get("stack"))),
            new Expression(
                    "attribute:stack != prod",
                    (h, held) -> h.attributes().containsKey("stack")
                            && !"prod".equals(h.attributes().get("stack"))),
            new Expression("attribute:rack exists", (h, held) -> h.attributes().containsKey("rack")),
            new Expression(
                    "not(task:group == service:a)",
                    (h, held) -> held.stream().noneMatch(t -> t.group().equals("service:a"))),
            new Expression(
                    "task:group == service:b",
                    (h, held) -> held.stream().anyMatch(t -> t.group().equals("service:b"))),
            new Expression(
                    "task:group =~ service:[bc]",
                    (h, held) -> held.stream().anyMatch(t -> t.group().matches("service:[bc]"))),
            new Expression("runningTasksCount < 3", (h, held) -> held.size() < 3));

    /** An expression and what it means, said again by other means than the query language. */
    record Expression(String text, BiPredicate<ContainerInstance, List<Oracle.Holding>> selects) {}

    static Ask random(Random random, int most) {
        List<Expression> expressions = new ArrayList<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            expressions.add(EXPRESSIONS.get(random.nextInt(EXPRESSIONS.size())));
        }
        List<String> strategies = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            strategies.add(STRATEGIES.get(random.nextInt(STRATEGIES.size())));
        }
        return new Ask(
                "service:" + "abc".charAt(random.nextInt(3)),
                Fleet.randomDemand(random),
                1 + random.nextInt(most),
                random.nextInt(4) == 0,
                expressions,
                strategies,
                "seed-" + random.nextInt(1000));
    }

    PlacementRequest request() {
        List<PlacementConstraint> constraints = new ArrayList<>();
        if (distinct) {
            constraints.add(
                    PlacementConstraint.newBuilder().setType("distinctInstance").build());
        }
        expressions.forEach(e -> constraints.add(PlacementConstraint.newBuilder()
                .setType("memberOf")
                .setExpression(e.text())
                .build()));
        List<PlacementStrategy> ranked = strategies.stream()
                .map(s -> s.split(" "))
                .map(s -> PlacementStrategy.newBuilder()
                        .setType(s[0])
                        .setField(s.length == 1 ? "" : s[1])
                        .build())
                .toList();
        return new PlacementRequest(Fleet.CLUSTER, group, demand, count, Rules.of(constraints, ranked), seed);
    }
}
