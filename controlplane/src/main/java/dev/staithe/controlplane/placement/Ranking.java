package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Ranks all hosts for the next task of a request, with the figures: what {@link Search} does not do, which wants the first. */
final class Ranking {
    private final Capacity capacity;
    private final PlacementRequest request;
    private final List<Level> levels;
    private final Map<List<String>, Integer> areas = new TreeMap<>(Ranking::compare);

    private Ranking(Capacity capacity, PlacementRequest request) {
        this.capacity = capacity;
        this.request = request;
        this.levels = Level.of(request.rules().ranking());
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            int tasks = capacity.tasksOf(request.group(), host);
            for (Level level : levels) {
                if (level instanceof Level.Zone zone) {
                    areas.merge(area(host, zone), tasks, Integer::sum);
                }
            }
        }
    }

    /** Those that fit, the best first. */
    static List<Ranked> of(Capacity capacity, PlacementRequest request) {
        Ranking ranking = new Ranking(capacity, request);
        List<ContainerInstance> hosts = new ArrayList<>(capacity.hosts(request.cluster()).stream()
                .filter(host -> capacity.fits(host, request) instanceof Verdict.Fits)
                .sorted(Comparator.comparing(ranking::figures, Arrays::compare).thenComparing(ContainerInstance::id))
                .toList());
        if (!hosts.isEmpty() && ranking.levels.getLast() instanceof Level.Lot) {
            ranking.putLuckiestFirst(hosts);
        }
        return hosts.stream()
                .map(host -> new Ranked(
                        host,
                        ranking.levels.stream()
                                .map(level -> ranking.figure(level, host))
                                .toList()))
                .toList();
    }

    private void putLuckiestFirst(List<ContainerInstance> ranked) {
        List<ContainerInstance> all = capacity.hosts(request.cluster());
        long[] best = figures(ranked.getFirst());
        int lucky = Lots.pick(
                request.seed(),
                0,
                all.size(),
                n -> ranked.contains(all.get(n)) && Arrays.equals(figures(all.get(n)), best));
        ranked.remove(all.get(lucky));
        ranked.addFirst(all.get(lucky));
    }

    private long[] figures(ContainerInstance host) {
        return levels.stream().mapToLong(level -> value(level, host)).toArray();
    }

    private long value(Level level, ContainerInstance host) {
        return switch (level) {
            case Level.Zone zone ->
                host.attribute(zone.attribute()) == null ? Long.MAX_VALUE : areas.getOrDefault(area(host, zone), 0);
            case Level.Host ignored -> capacity.tasksOf(request.group(), host);
            case Level.FreeCpu ignored -> capacity.freeCpu(host);
            case Level.FreeMemory ignored -> capacity.freeMemory(host);
            case Level.MostMemory ignored -> -capacity.freeMemory(host);
            case Level.Lot ignored -> 0;
        };
    }

    private Ranked.Figure figure(Level level, ContainerInstance host) {
        long value = value(level, host);
        return switch (level) {
            case Level.Zone zone ->
                new Ranked.Figure(
                        "spread attribute:" + zone.attribute(),
                        host.attribute(zone.attribute()) == null
                                ? "has no " + zone.attribute() + ", so it comes last"
                                : zone.attribute() + "=" + host.attribute(zone.attribute()) + " has " + tasks(value));
            case Level.Host ignored -> new Ranked.Figure("spread instanceId", "has " + tasks(value));
            case Level.FreeCpu ignored -> new Ranked.Figure("binpack cpu", value + " units free");
            case Level.FreeMemory ignored -> new Ranked.Figure("binpack memory", value + " MiB free");
            case Level.MostMemory ignored -> new Ranked.Figure("most free memory", -value + " MiB free");
            case Level.Lot ignored -> new Ranked.Figure("random", "drawn by lot");
        };
    }

    private String tasks(long count) {
        return count + (count == 1 ? " task" : " tasks") + " of " + request.group();
    }

    /** The values of the attributes over which is spread, up to this level; "" where there is none, "=" before each. */
    private List<String> area(ContainerInstance host, Level.Zone last) {
        List<String> values = new ArrayList<>();
        for (Level level : levels) {
            if (level instanceof Level.Zone zone && zone.depth() <= last.depth()) {
                String value = host.attribute(zone.attribute());
                values.add(value == null ? "" : "=" + value);
            }
        }
        return values;
    }

    private static int compare(List<String> a, List<String> b) {
        return Arrays.compare(a.toArray(new String[0]), b.toArray(new String[0]));
    }
}
