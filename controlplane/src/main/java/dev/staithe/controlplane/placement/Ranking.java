package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Ranks the hosts of a cluster for one task. */
final class Ranking {
    private final Capacity capacity;
    private final PlacementRequest request;
    private final long ticket;
    private final List<Level> levels;
    private final Map<String, Integer> zones = new TreeMap<>();

    private Ranking(Capacity capacity, PlacementRequest request, int ordinal) {
        this.capacity = capacity;
        this.request = request;
        this.ticket = Lots.ticket(request.seed(), ordinal);
        this.levels = Level.of(request.rules().ranking());
    }

    static Ranking of(Capacity capacity, PlacementRequest request, int ordinal) {
        Ranking ranking = new Ranking(capacity, request, ordinal);
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            int tasks = capacity.tasksOf(request.group(), host);
            ranking.zonesOf(host).forEach(z -> ranking.zones.merge(z, tasks, Integer::sum));
        }
        return ranking;
    }

    Optional<ContainerInstance> best() {
        Optional<ContainerInstance> best = Optional.empty();
        long[] bestKey = new long[0];
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            if (capacity.fits(host, request) instanceof Verdict.Fits) {
                long[] key = key(host);
                if (best.isEmpty() || Arrays.compare(key, bestKey) < 0) {
                    best = Optional.of(host);
                    bestKey = key;
                }
            }
        }
        return best;
    }

    private List<String> zonesOf(ContainerInstance host) {
        List<String> zones = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        for (Level level : levels) {
            if (level instanceof Level.Zone zone) {
                String value = host.attribute(zone.attribute());
                path.append(zone.attribute()).append(value == null ? "!" : "=" + value).append('\n');
                zones.add(value == null ? "" : path.toString());
            }
        }
        return zones;
    }

    private long[] key(ContainerInstance host) {
        List<String> own = zonesOf(host);
        long[] key = new long[levels.size()];
        int zone = 0;
        for (int i = 0; i < key.length; i++) {
            key[i] = switch (levels.get(i)) {
                case Level.Zone ignored -> {
                    String name = own.get(zone++);
                    yield name.isEmpty() ? Long.MAX_VALUE : zones.getOrDefault(name, 0);
                }
                case Level.Host ignored -> capacity.tasksOf(request.group(), host);
                case Level.FreeCpu ignored -> capacity.freeCpu(host);
                case Level.FreeMemory ignored -> capacity.freeMemory(host);
                case Level.MostMemory ignored -> -capacity.freeMemory(host);
                case Level.Lot ignored -> Lots.draw(ticket, host.id());
            };
        }
        return key;
    }
}
