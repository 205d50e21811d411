package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.placement.Strategy;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How evenly a service's tasks stand, by the spreads that its strategies begin with: zones, then hosts, if it names none.
 *
 * <p>On each level the figure is the sum of the squares of the buckets' tasks; a later level's buckets are within those of
 * the level before. Tasks stand the more evenly the smaller the first figure that differs. A move of a task from a bucket of
 * {@code n} to one of {@code m} changes the figure by {@code 2 (m - n + 1)}: it is a gain only if {@code n - m >= 2}. So
 * every move that gains makes the list of figures smaller, none of which is ever negative, and moves come to an end.
 */
final class Evenness {
    private static final String ZONE = "ecs.availability-zone";
    private static final List<Strategy> DEFAULT =
            List.of(new Strategy.SpreadAttribute(ZONE), new Strategy.SpreadHosts());

    private final ClusterState state;
    private final List<Strategy> spreads;
    private final List<SortedMap<String, Integer>> levels = new ArrayList<>();

    private Evenness(ClusterState state, List<Strategy> spreads) {
        this.state = state;
        this.spreads = spreads;
    }

    /** Of tasks that stand on these instances; empty where nothing can be uneven, or the service does not want a spread. */
    static Optional<Evenness> of(ClusterState state, Service service, List<String> instanceIds) {
        Evenness evenness = new Evenness(state, spreads(service));
        evenness.count(instanceIds);
        boolean crowded = evenness.levels.stream()
                .flatMap(buckets -> buckets.values().stream())
                .anyMatch(n -> n >= 2);
        if (!crowded) {
            // Told without a look at the hosts, which are many.
            return Optional.empty();
        }
        evenness.addEmpty(service.cluster());
        return Optional.of(evenness);
    }

    /** Of tasks that stand on these instances, however evenly. The service wants a spread. */
    static Evenness any(ClusterState state, Service service, List<String> instanceIds) {
        Evenness evenness = new Evenness(state, spreads(service));
        evenness.count(instanceIds);
        evenness.addEmpty(service.cluster());
        return evenness;
    }

    private void count(List<String> instanceIds) {
        for (int level = 0; level < spreads.size(); level++) {
            SortedMap<String, Integer> buckets = new TreeMap<>();
            for (String id : instanceIds) {
                buckets.merge(bucket(id, level), 1, Integer::sum);
            }
            levels.add(buckets);
        }
    }

    private void addEmpty(String cluster) {
        for (ContainerInstance host : state.instances()) {
            if (host.cluster().equals(cluster) && host.takesTasks()) {
                for (int level = 0; level < levels.size(); level++) {
                    levels.get(level).putIfAbsent(bucket(host.id(), level), 0);
                }
            }
        }
    }

    private static List<Strategy> spreads(Service service) {
        if (service.scheduling().strategies().isEmpty()) {
            return DEFAULT;
        }
        return service.scheduling().strategies().stream()
                .flatMap(s -> Strategy.of(s).stream())
                .takeWhile(s -> s instanceof Strategy.SpreadAttribute || s instanceof Strategy.SpreadHosts)
                .toList();
    }

    /** Whether a task of the host could gain by standing in a bucket of those there are. */
    boolean mayGain(String host) {
        for (int level = 0; level < levels.size(); level++) {
            if (tasks(host, level) - Collections.min(levels.get(level).values()) >= 2) {
                return true;
            }
        }
        return false;
    }

    /** The first level on which it is a gain that a task stands on the one host and not on the other; empty if it is none. */
    Optional<Integer> gain(String from, String to) {
        for (int level = 0; level < levels.size(); level++) {
            if (!bucket(from, level).equals(bucket(to, level))) {
                int more = tasks(from, level) - tasks(to, level);
                if (more != 1) {
                    return more >= 2 ? Optional.of(level) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** Tasks in the buckets of the host, level by level: what makes a move from it worth while. */
    List<Integer> tasks(String host) {
        List<Integer> tasks = new ArrayList<>();
        for (int level = 0; level < levels.size(); level++) {
            tasks.add(tasks(host, level));
        }
        return tasks;
    }

    private int tasks(String host, int level) {
        return levels.get(level).getOrDefault(bucket(host, level), 0);
    }

    /** Whether the first level is one of zones, of which ECS's words speak. */
    boolean byZone() {
        return !spreads.isEmpty() && spreads.getFirst().equals(new Strategy.SpreadAttribute(ZONE));
    }

    /** "2 tasks in zone-a, 0 tasks in zone-b": the buckets of the first level. */
    SortedMap<String, Integer> buckets() {
        return Collections.unmodifiableSortedMap(levels.getFirst());
    }

    /** The figures, level by level: they become smaller, as one compares words, with every move that is a gain. */
    List<Long> figures() {
        return levels.stream()
                .map(Map::values)
                .map(counts -> counts.stream().mapToLong(n -> (long) n * n).sum())
                .toList();
    }

    /** The host's bucket on that level, within those of the levels before. */
    private String bucket(String host, int level) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i <= level; i++) {
            path.append(i == 0 ? "" : "/").append(own(host, spreads.get(i)));
        }
        return path.toString();
    }

    private String own(String host, Strategy spread) {
        return switch (spread) {
            case Strategy.SpreadAttribute attribute -> {
                String value = state.instance(host)
                        .map(i -> i.attribute(attribute.name()))
                        .orElse(null);
                yield value == null ? "" : value;
            }
            case Strategy.SpreadHosts hosts -> host;
            case Strategy.Binpack binpack -> "";
            case Strategy.Random random -> "";
        };
    }
}
