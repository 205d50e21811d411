package dev.staithe.sim;

import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.agent.traffic.fake.FakeGate;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;

/** One agent's hand on its host's firewall: changes take time or fail, and the agent may die in the middle of one. */
final class SimGate implements ConnectionGate {
    private final FakeGate firewall;
    private final SimHost host;
    private final SimProcess agent;
    private final Simulation simulation;
    private final SimRandom random;

    SimGate(FakeGate firewall, SimHost host, SimProcess agent, Simulation simulation) {
        this.firewall = firewall;
        this.host = host;
        this.agent = agent;
        this.simulation = simulation;
        this.random = new SimRandom(simulation.seed(), "firewall for " + agent.name());
    }

    @Override
    public boolean works() {
        agent.requireAlive();
        return firewall.works();
    }

    @Override
    public void refuse(SortedMap<HostPort, String> ports) throws IOException {
        agent.requireAlive();
        simulation.trace(agent.name(), "refuse " + ports.keySet());
        if (host.crashesNow(SimHost.Crash.BEFORE_FIREWALL)) {
            die("before the firewall was changed");
        }
        if (random.chance(0.1)) {
            simulation.scheduler().await(agent, simulation.weather().latency(random));
        }
        if (random.chance(0.05)) {
            throw new IOException("the firewall is busy");
        }
        firewall.refuse(ports);
        simulation.hostInvariants().refused(host, ports);
        if (host.crashesNow(SimHost.Crash.AFTER_FIREWALL)) {
            die("after the firewall was changed");
        }
    }

    @Override
    public List<OptionalInt> connections(List<Listening> listenings) {
        agent.requireAlive();
        return firewall.connections(listenings);
    }

    private void die(String when) {
        simulation.trace(agent.name(), "crash " + when);
        agent.kill();
        throw new SimProcess.Killed(agent.name());
    }
}
