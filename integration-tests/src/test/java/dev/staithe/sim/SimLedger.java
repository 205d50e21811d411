package dev.staithe.sim;

import dev.staithe.agent.ledger.ImageLedger;
import dev.staithe.agent.ledger.TaskLedger;
import java.io.IOException;

/** One agent's hold on its host's ledger: writes take time, and the agent may die before one or after it. */
final class SimLedger implements TaskLedger {
    private final TaskLedger disk;
    private final SimHost host;
    private final SimProcess agent;
    private final Simulation simulation;

    SimLedger(TaskLedger disk, SimHost host, SimProcess agent, Simulation simulation) {
        this.disk = disk;
        this.host = host;
        this.agent = agent;
        this.simulation = simulation;
    }

    @Override
    public Contents load() throws IOException {
        agent.requireAlive();
        return disk.load();
    }

    @Override
    public void write(Changes changes) throws IOException {
        agent.requireAlive();
        if (host.crashesNow(SimHost.Crash.BEFORE_LEDGER)) {
            die("before a ledger write");
        }
        Contents before = disk.load();
        disk.write(changes);
        simulation.hostInvariants().written(host, before, disk.load());
        if (host.crashesNow(SimHost.Crash.AFTER_LEDGER)) {
            die("after a ledger write");
        }
    }

    @Override
    public ImageLedger images() {
        return disk.images();
    }

    @Override
    public void close() {
        // The disk stays.
    }

    private void die(String when) {
        simulation.trace(agent.name(), "crash " + when);
        agent.kill();
        throw new SimProcess.Killed(agent.name());
    }
}
