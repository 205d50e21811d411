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

/** Single tasks, no two of a group on a host, spread as by default; groups of 100. */
@State(Scope.Thread)
public class Singles {
    static final int TASKS = 20_000;

    @Param({"1000", "5000", "10000"})
    int hosts;

    private final Demand demand = Demand.of(BenchFleet.definition());
    private ClusterState state = ClusterState.EMPTY;
    private Capacity capacity = Capacity.of(state);

    @Setup(Level.Trial)
    public void fleet() {
        state = BenchFleet.state(hosts, 100_000);
    }

    /** What a leader keeps: such a request was seen before. */
    @Setup(Level.Iteration)
    public void kept() {
        capacity = Capacity.of(state);
        Placer.place(capacity, BenchFleet.single(1_000_000, demand));
    }

    @Benchmark
    public int place() {
        int placed = 0;
        for (int task = 0; task < TASKS; task++) {
            placed += Placer.place(capacity, BenchFleet.single(task, demand))
                    .instanceIds()
                    .size();
        }
        return placed;
    }
}
