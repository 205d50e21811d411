package dev.staithe.sim;

import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.ControlMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The wires between agents and control planes. A connection keeps the order of what is sent on it, as TCP does; what is
 * under way when it breaks is lost, and the two ends hear of the break at different times, or late.
 */
final class SimNetwork {
    /** Who accepts connections at an address. */
    interface Server {
        Receiver accept(Sender toAgent);
    }

    /** The control plane's end of a connection, as it sends. */
    interface Sender {
        void send(ControlMessage message);

        boolean ready();

        void close();
    }

    /** The control plane's end of a connection, as it hears. */
    interface Receiver {
        void received(AgentMessage message);

        void writable();

        void closed(String why);
    }

    /** A process that listens. */
    record Listening(SimProcess process, String place, Server server) {}

    private final Simulation simulation;
    private final SimScheduler scheduler;
    private final Weather weather;
    private final SimRandom random;
    private final TreeMap<String, Listening> listening = new TreeMap<>();
    private final List<SimConnection> connections = new ArrayList<>();

    SimNetwork(Simulation simulation) {
        this.simulation = simulation;
        this.scheduler = simulation.scheduler();
        this.weather = simulation.weather();
        this.random = new SimRandom(simulation.seed(), "network");
    }

    /** The process accepts connections from now on, until it dies. */
    void listen(String address, SimProcess process, String place, Server server) {
        Listening mine = new Listening(process, place, server);
        listening.put(address, mine);
        process.atDeath(() -> {
            listening.remove(address, mine);
            List.copyOf(connections).forEach(connection -> connection.died(process));
        });
    }

    /** The agent's side of the network. */
    Dialer dialer(SimProcess agent, String place) {
        agent.atDeath(() -> List.copyOf(connections).forEach(connection -> connection.died(agent)));
        return (address, listener) -> dial(agent, place, address, listener);
    }

    private Link dial(SimProcess agent, String place, String address, Dialer.Listener listener) {
        Listening target = listening.get(address);
        SimConnection connection = new SimConnection(this, agent, place, listener);
        if (target == null) {
            connection.fail("cannot reach " + address + ": connection refused", latency());
        } else if (weather.isCut(place, target.place())) {
            Duration patience = random.between(Duration.ofSeconds(1), Duration.ofSeconds(5));
            connection.fail("cannot reach " + address + ": timed out", patience);
        } else {
            connections.add(connection);
            connection.connect(target);
        }
        return connection.agentEnd();
    }

    /** Nothing gets through between the two places any more; after a while the ends give up on their connections. */
    void cut(String one, String other) {
        weather.cut(one, other);
        between(one, other).forEach(SimConnection::stall);
    }

    /** The way is free again: what was held up arrives, where the connection still stands. */
    void mend(String one, String other) {
        weather.mend(one, other);
        between(one, other).forEach(SimConnection::flow);
    }

    /** Connections between the places break: what is under way is lost. */
    void breakLinks(String one, String other) {
        between(one, other).forEach(connection -> connection.tear("connection reset by peer"));
    }

    /** How many connections there are. */
    int size() {
        return connections.size();
    }

    private List<SimConnection> between(String one, String other) {
        return connections.stream().filter(c -> c.between(one, other)).toList();
    }

    /** What arrives of a message when the control plane has lost its memory. */
    ControlMessage tampered(ControlMessage message) {
        boolean empties = message.hasSnapshot() && random.chance(weather.emptySnapshots());
        return empties
                ? message.toBuilder()
                        .setSnapshot(message.getSnapshot().toBuilder().clearTasks())
                        .build()
                : message;
    }

    Duration latency() {
        return weather.latency(random);
    }

    Simulation simulation() {
        return simulation;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    Weather weather() {
        return weather;
    }

    SimRandom random() {
        return random;
    }

    void gone(SimConnection connection) {
        connections.remove(connection);
    }
}
