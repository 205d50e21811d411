package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rules of placement, written down without a thought for speed: for each task every host is asked everything, and
 * nothing is remembered but what each host holds.
 */
final class Oracle {
    private final ClusterState state;
    private final Map<String, List<Holding>> held = new TreeMap<>();
    private List<Task> replaced = List.of();

    /** What a task holds of a host. */
    record Holding(String host, String group, Demand demand) {}

    Oracle(ClusterState state) {
        this.state = state;
        state.instances().forEach(h -> held.put(h.id(), new ArrayList<>()));
        for (Task task : state.tasks()) {
            if (!task.stopped()) {
                hold(new Holding(task.instanceId(), task.group(), task.demand()));
            }
        }
    }

    private void hold(Holding holding) {
        held.computeIfAbsent(holding.host(), h -> new ArrayList<>()).add(holding);
    }

    /** The same for tasks that take the place of others, which strategies do not count. */
    List<String> place(Ask ask, List<Task> others) {
        replaced = others;
        List<String> chosen = place(ask);
        replaced = List.of();
        return chosen;
    }

    /** The hosts of as many of the tasks as find one. */
    List<String> place(Ask ask) {
        List<String> chosen = new ArrayList<>();
        for (int ordinal = 0; ordinal < ask.count(); ordinal++) {
            Optional<ContainerInstance> host = best(ask, ordinal);
            if (host.isEmpty()) {
                return chosen;
            }
            hold(new Holding(host.get().id(), ask.group(), ask.demand()));
            chosen.add(host.get().id());
        }
        return chosen;
    }

    /** Whether a task more fits there, by the resources and the constraints. */
    boolean fits(ContainerInstance host, Ask ask) {
        Demand demand = ask.demand();
        List<Holding> held = held(host);
        return host.status() == ContainerInstance.Status.ACTIVE
                && host.agentConnected()
                && host.engineHealthy()
                && left(host, host.cpu(), Demand::cpu) >= demand.cpu()
                && left(host, host.memory(), Demand::memory) >= demand.memory()
                && left(host, host.gpus().size(), Demand::gpus) >= demand.gpus()
                && demand.tcpPorts().stream()
                        .noneMatch(p -> host.reservedTcpPorts().contains(p)
                                || held.stream()
                                        .anyMatch(h -> h.demand().tcpPorts().contains(p)))
                && demand.udpPorts().stream()
                        .noneMatch(p -> host.reservedUdpPorts().contains(p)
                                || held.stream()
                                        .anyMatch(h -> h.demand().udpPorts().contains(p)))
                && demand.attributes().entrySet().stream()
                        .allMatch(a -> host.attributes().containsKey(a.getKey())
                                && (a.getValue().isEmpty()
                                        || a.getValue().equals(host.attributes().get(a.getKey()))))
                && (!ask.distinct() || held.stream().noneMatch(h -> h.group().equals(ask.group())))
                && ask.expressions().stream().allMatch(e -> e.selects().test(host, held));
    }

    /** What the tasks on the host that have not stopped hold, those placed here included. */
    List<Holding> held(ContainerInstance host) {
        return held.getOrDefault(host.id(), List.of());
    }

    private long left(ContainerInstance host, long all, ToLongFunction<Demand> what) {
        return all - held(host).stream().map(Holding::demand).mapToLong(what).sum();
    }

    private Optional<ContainerInstance> best(Ask ask, int ordinal) {
        List<ContainerInstance> left =
                state.instances().stream().filter(h -> fits(h, ask)).toList();
        List<String> spreadBy = new ArrayList<>();
        boolean packed = false;
        List<String> strategies = ask.strategies().isEmpty() ? List.of(Ask.DEFAULT) : ask.strategies();
        for (String strategy : strategies.stream().distinct().toList()) {
            if (strategy.startsWith("spread attribute:")) {
                String attribute = strategy.substring("spread attribute:".length());
                spreadBy.add(attribute);
                left = smallest(left, h -> tasksBeside(ask.group(), h, spreadBy));
            } else if (strategy.equals("spread host")) {
                left = smallest(left, h -> tasksOf(ask.group(), h));
            } else if (strategy.equals("binpack cpu")) {
                packed = true;
                left = smallest(left, h -> left(h, h.cpu(), Demand::cpu));
            } else if (strategy.equals("binpack memory")) {
                packed = true;
                left = smallest(left, h -> left(h, h.memory(), Demand::memory));
            } else {
                List<ContainerInstance> all = List.copyOf(state.instances());
                List<ContainerInstance> equal = left;
                int lucky = Lots.pick(ask.seed(), ordinal, all.size(), n -> equal.contains(all.get(n)));
                return lucky < 0 ? Optional.empty() : Optional.of(all.get(lucky));
            }
        }
        if (!packed) {
            left = smallest(left, h -> tasksOf(ask.group(), h));
            left = smallest(left, h -> -left(h, h.memory(), Demand::memory));
        }
        return left.stream().min(Comparator.comparing(ContainerInstance::id));
    }

    private static List<ContainerInstance> smallest(
            List<ContainerInstance> hosts, ToLongFunction<ContainerInstance> figure) {
        long least = hosts.stream().mapToLong(figure).min().orElse(0);
        return hosts.stream().filter(h -> figure.applyAsLong(h) == least).toList();
    }

    private long tasksOf(String group, ContainerInstance host) {
        long gone =
                replaced.stream().filter(t -> t.instanceId().equals(host.id())).count();
        return held(host).stream().filter(h -> h.group().equals(group)).count() - gone;
    }

    /** Tasks on the hosts that have the same values of these attributes; a host without the last one comes last. */
    private long tasksBeside(String group, ContainerInstance host, List<String> attributes) {
        if (!host.attributes().containsKey(attributes.getLast())) {
            return Long.MAX_VALUE;
        }
        return state.instances().stream()
                .filter(other -> attributes.stream().allMatch(a -> Objects.equals(value(other, a), value(host, a))))
                .mapToLong(other -> tasksOf(group, other))
                .sum();
    }

    private static @Nullable String value(ContainerInstance host, String attribute) {
        return host.attributes().get(attribute);
    }
}
