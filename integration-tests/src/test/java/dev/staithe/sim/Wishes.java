package dev.staithe.sim;

import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.List;

/** How users want their services scheduled: drawn from what can be had with three hosts in two zones. */
final class Wishes {
    static final String ZONE = "attribute:ecs.availability-zone";
    static final PlacementConstraint DISTINCT =
            PlacementConstraint.newBuilder().setType("distinctInstance").build();
    static final PlacementConstraint ZONE_A = PlacementConstraint.newBuilder()
            .setType("memberOf")
            .setExpression(ZONE + " == zone-a")
            .build();

    private static final List<List<PlacementStrategy>> STRATEGIES = List.of(
            List.of(),
            List.of(strategy("spread", ZONE)),
            List.of(strategy("spread", ZONE), strategy("binpack", "memory")),
            List.of(strategy("spread", "instanceId")),
            List.of(strategy("binpack", "cpu")),
            List.of(strategy("random", "")));

    private Wishes() {}

    static List<PlacementStrategy> strategies(SimRandom random) {
        return random.one(STRATEGIES);
    }

    static List<PlacementConstraint> constraints(SimRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> List.of(DISTINCT);
            case 1 -> List.of(ZONE_A);
            default -> List.of();
        };
    }

    static String rebalancing(SimRandom random) {
        return random.one(List.of("ENABLED", "ENABLED", "DISABLED", "DRY_RUN"));
    }

    /** minimumHealthyPercent and maximumPercent, and sometimes a circuit breaker. */
    static DeploymentConfiguration configuration(List<Integer> bounds, SimRandom random) {
        boolean breaker = random.chance(0.4);
        return DeploymentConfiguration.newBuilder()
                .setMinimumHealthyPercent(bounds.getFirst())
                .setMaximumPercent(bounds.getLast())
                .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                        .setEnable(breaker)
                        .setRollback(breaker && random.chance(0.7)))
                .build();
    }

    private static PlacementStrategy strategy(String type, String field) {
        return PlacementStrategy.newBuilder().setType(type).setField(field).build();
    }
}
