package dev.staithe.bench.placement;

import dev.staithe.controlplane.loop.PassRig;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A whole pass of the control loop over services that were just created: plan, place, draft, build the transactions. */
@State(Scope.Thread)
public class Passes {
    static final int SERVICES = 50;
    static final int TASKS = SERVICES * 100;

    @Param({"1000", "5000", "10000"})
    int hosts;

    private PassRig rig = new PassRig(1, 0, 0);

    @Setup(Level.Trial)
    public void fleet() {
        rig = new PassRig(hosts, 100_000, SERVICES);
    }

    @Benchmark
    public int pass() {
        int written = rig.pass();
        if (written != TASKS) {
            throw new IllegalStateException(written + " tasks were written (expected: " + TASKS + ")");
        }
        return written;
    }
}
