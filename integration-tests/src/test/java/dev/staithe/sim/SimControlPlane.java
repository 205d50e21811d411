package dev.staithe.sim;

import dev.staithe.controlplane.ControlPlane;
import dev.staithe.controlplane.ControlPlaneConfig;
import dev.staithe.controlplane.ControlPlaneConfig.StoreConfig;
import dev.staithe.controlplane.dispatch.AgentLink;
import dev.staithe.controlplane.dispatch.Inbound;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One replica of the real control plane, which may die and start again without anything of its own. */
final class SimControlPlane {
    /** A client's call, on the replica that it reached. */
    interface Call<T> {
        T on(ControlPlane replica) throws Exception;
    }

    private final Simulation simulation;
    private final String name;
    private final SimWallClock clock;
    private int starts;
    private Optional<Running> running = Optional.empty();

    private record Running(SimProcess process, Environment environment, SimStore store, ControlPlane replica) {}

    SimControlPlane(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        this.clock = new SimWallClock(simulation.scheduler(), new SimRandom(simulation.seed(), name));
    }

    String name() {
        return name;
    }

    String address() {
        return name + ":7070";
    }

    SimWallClock clock() {
        return clock;
    }

    Optional<SimProcess> process() {
        return running().map(Running::process);
    }

    Optional<SimStore> store() {
        return running().map(Running::store);
    }

    Optional<ControlPlane> replica() {
        return running().map(Running::replica);
    }

    private Optional<Running> running() {
        return running.filter(r -> !r.process().dead());
    }

    /** Starts the replica, unless it runs. */
    void start() {
        if (running().isPresent()) {
            return;
        }
        SimProcess process = new SimProcess(name + "#" + ++starts, simulation.scheduler());
        SimEnvironment.Made made = SimEnvironment.of(process, simulation.scheduler(), simulation.seed(), clock);
        simulation.trace(process.name(), "starts");
        SimStore store = new SimStore(simulation, process, made.inside(), name);
        ControlPlane replica = ControlPlane.create(config(), made.environment(), store);
        running = Optional.of(new Running(process, made.environment(), store, replica));
        simulation
                .network()
                .listen(
                        address(),
                        process,
                        name,
                        toAgent -> new Wire(replica.agents().connect(link(toAgent))));
        replica.start();
    }

    /** Ends the replica as SIGKILL does. */
    void kill() {
        process().ifPresent(p -> {
            simulation.trace(p.name(), "killed");
            p.kill();
        });
    }

    /** Asks the replica to end in order; it is killed when it does not in time. */
    void stop() {
        running().ifPresent(r -> {
            simulation.trace(r.process().name(), "is to stop");
            r.replica().stop(() -> simulation.trace(r.process().name(), "stopped"));
            simulation.scheduler().after(simulation.world(), Duration.ofSeconds(5), "stopped", r.process()::kill);
        });
    }

    /**
     * A client calls; the answer comes unless the process dies before.
     *
     * @return the process that was reached; empty when none runs
     */
    <T> Optional<SimProcess> call(Call<T> call, Consumer<Outcome<T>> then) {
        Optional<Running> reached = running();
        reached.ifPresent(r -> r.environment().effects().run(r.replica().loop(), () -> call.on(r.replica()), then));
        return reached.map(Running::process);
    }

    private ControlPlaneConfig config() {
        return new ControlPlaneConfig(
                name,
                address(),
                address(),
                new StoreConfig("etcd", null, List.of("http://127.0.0.1:2379")),
                Simulation.HEALTHY_AFTER,
                Duration.ofSeconds(4),
                Simulation.LOST_AFTER,
                Duration.ofSeconds(1),
                Simulation.LEADER_LEASE,
                Duration.ofSeconds(10),
                Duration.ofSeconds(40),
                20,
                Duration.ofSeconds(30),
                null,
                null);
    }

    private static AgentLink link(SimNetwork.Sender sender) {
        return new AgentLink() {
            @Override
            public void send(ControlMessage message) {
                sender.send(message);
            }

            @Override
            public boolean ready() {
                return sender.ready();
            }

            @Override
            public void close() {
                sender.close();
            }
        };
    }

    private record Wire(Inbound inbound) implements SimNetwork.Receiver {
        @Override
        public void received(AgentMessage message) {
            inbound.received(message);
        }

        @Override
        public void writable() {
            inbound.writable();
        }

        @Override
        public void closed(String why) {
            inbound.closed(why);
        }
    }
}
