package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.List;
import java.util.function.Function;

/** The buckets of a spread: what a service's tasks are counted by. */
final class Spread {
    static final String ZONE = "ecs.availability-zone";
    private static final String ATTRIBUTE = "attribute:";

    /** What services get that name no strategy: zones, then hosts. */
    static final List<PlacementStrategy> DEFAULT = List.of(over(ATTRIBUTE + ZONE), over("instanceId"));

    private Spread() {}

    private static PlacementStrategy over(String field) {
        return PlacementStrategy.newBuilder().setType("spread").setField(field).build();
    }

    /** From an instance's id to its bucket; those that lack the attribute share one. */
    static Function<String, String> bucketOf(String field, ClusterState state) {
        if (!field.startsWith(ATTRIBUTE)) {
            return id -> id;
        }
        String attribute = field.substring(ATTRIBUTE.length());
        return id -> {
            String value = state.instance(id).map(i -> i.attribute(attribute)).orElse(null);
            return value == null ? "" : value;
        };
    }
}
