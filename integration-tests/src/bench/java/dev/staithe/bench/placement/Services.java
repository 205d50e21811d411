package dev.staithe.bench.placement;

import dev.staithe.bench.BenchFleet;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Placer;
import dev.staithe.controlplane.state.ClusterState;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Services of 100 tasks, memberOf on an attribute, spread by zone and then packed by memory. */
@State(Scope.Thread)
public class Services {
    static final int TASKS = 50_000;

    @Param({"1000", "5000", "10000"})
    int hosts;

    private final Demand demand = Demand.of(BenchFleet.definition());
    private ClusterState state = ClusterState.EMPTY;
    private Capacity capacity = Capacity.of(state);

    @Setup(Level.Trial)
    public void fleet() {
        state = BenchFleet.state(hosts, 100_000);
    }

    /** What a leader keeps: each kind of request was seen before. */
    @Setup(Level.Iteration)
    public void kept() {
        capacity = Capacity.of(state);
        for (int service = 0; service < 4; service++) {
            Placer.place(capacity, BenchFleet.service(1_000_000 + service, demand));
        }
    }

    @Benchmark
    public int place() {
        int placed = 0;
        for (int service = 0; placed < TASKS; service++) {
            placed += Placer.place(capacity, BenchFleet.service(service, demand))
                    .instanceIds()
                    .size();
        }
        return placed;
    }
}
