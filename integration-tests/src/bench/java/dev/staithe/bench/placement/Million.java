package dev.staithe.bench.placement;

import dev.staithe.bench.BenchFleet;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Placer;
import dev.staithe.controlplane.state.ClusterState;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Locale;

/** A million tasks, in services of 100, on 10,000 empty hosts: once, from nothing, in a process of its own. */
final class Million {
    private static final int HOSTS = 10_000;
    private static final int SERVICES = 10_000;

    private Million() {}

    public static void main(String[] arguments) {
        ClusterState state = BenchFleet.state(HOSTS, 0);
        Demand demand = Demand.of(BenchFleet.definition());
        long begun = System.nanoTime();
        Capacity capacity = Capacity.of(state);
        int placed = 0;
        for (int service = 0; service < SERVICES; service++) {
            placed += Placer.place(capacity, BenchFleet.service(service, demand))
                    .instanceIds()
                    .size();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        System.out.printf(
                Locale.ROOT,
                "%,d tasks on %,d hosts: %.1f s, peak heap %d MiB of at most %d%n",
                placed,
                HOSTS,
                seconds,
                peak >> 20,
                Runtime.getRuntime().maxMemory() >> 20);
    }
}
