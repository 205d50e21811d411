package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What rebalancing tells the user: of zones in ECS's words, of hosts in words like them. */
final class RebalancingTexts {
    /** Buckets and moves that one event names. */
    private static final int MOST_NAMED = 10;

    private final ClusterState state;
    private final Evenness evenness;

    RebalancingTexts(ClusterState state, Evenness evenness) {
        this.state = state;
        this.evenness = evenness;
    }

    /** Tasks are about to be moved; this is the first of them. */
    String begins(Rebalancer.Move first) {
        return uneven(first) + (ofZones(first) ? " AZ Rebalancing" : " Rebalancing") + " in progress.";
    }

    private String uneven(Rebalancer.Move first) {
        return ofZones(first)
                ? "is not AZ balanced with " + buckets() + "."
                : "is not balanced with " + tasks(first.task().instanceId(), first.level()) + ", "
                        + tasks(first.to(), first.level()) + ".";
    }

    private boolean ofZones(Rebalancer.Move move) {
        return evenness.byZone() && move.level() == 0;
    }

    /** What would be moved if it were not a dry run. */
    String wouldMove(List<Rebalancer.Move> moves) {
        String would = moves.stream()
                .limit(MOST_NAMED)
                .map(m -> "(task " + m.task().id() + ") from " + name(m.task().instanceId()) + " to " + name(m.to()))
                .collect(Collectors.joining(", "));
        return uneven(moves.getFirst()) + " Rebalancing is a dry run and would move " + would + ".";
    }

    /** It stands evenly again; empty where there are no zones to speak of. */
    Optional<String> ends() {
        return evenness.byZone() && evenness.buckets().size() > 1
                ? Optional.of("is AZ balanced with " + buckets() + ".")
                : Optional.empty();
    }

    private String buckets() {
        return evenness.buckets().entrySet().stream()
                .limit(MOST_NAMED)
                .map(e -> e.getValue() + " tasks in " + (e.getKey().isEmpty() ? "no zone" : e.getKey()))
                .collect(Collectors.joining(", "));
    }

    private String tasks(String host, int level) {
        return evenness.tasks(host).get(level) + " tasks on " + name(host);
    }

    private String name(String host) {
        return state.instance(host).map(ContainerInstance::hostName).orElse(host);
    }
}
