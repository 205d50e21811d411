package dev.staithe.sim;

import dev.staithe.agent.Agent;
import dev.staithe.agent.AgentConfig;
import dev.staithe.agent.Endpoints;
import dev.staithe.agent.Sandboxes;
import dev.staithe.agent.Surroundings;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.traffic.fake.FakeGate;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One host: a machine with a container engine and a disk that outlive agents, and the real agent on it. The agent's process
 * may die, be paused and start again; the machine may boot anew or vanish from the network.
 */
final class SimHost {
    /** Longest life of a stopped container. */
    static final Duration CLEANUP_WAIT = Duration.ofSeconds(5);

    /** In the middle of what the agent is to die. */
    enum Crash {
        NONE,
        BEFORE_LEDGER,
        AFTER_LEDGER,
        BEFORE_ENGINE,
        AFTER_ENGINE,
        BEFORE_FIREWALL,
        AFTER_FIREWALL
    }

    private final Simulation simulation;
    private final String name;
    private final SimProcess machine;
    private final FakeEngine engine;
    private final FakeGate gate = new FakeGate();
    private final MemoryLedger disk = new MemoryLedger();
    private final SimWallClock clock;
    private Optional<SimProcess> process = Optional.empty();
    private Optional<Agent> agent = Optional.empty();
    private Crash crash = Crash.NONE;
    private int starts;
    private int boots = 1;
    private boolean lost;
    private final Sandboxes sandboxes;

    SimHost(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        SimRandom random = new SimRandom(simulation.seed(), name);
        this.clock = new SimWallClock(simulation.scheduler(), random);
        this.machine = new SimProcess(name, simulation.scheduler());
        SimEnvironment.Made made = SimEnvironment.of(machine, simulation.scheduler(), simulation.seed(), clock);
        EventLoop lives = made.environment().loop("containers");
        this.engine = new FakeEngine(made.environment().time(), lives);
        SimImages.offer(engine, random);
        gate.counting(new SimConnections(simulation.seed())::count);
        // Few enough that tasks find some and find none, and that services compete for room; off on every third host.
        this.sandboxes = random.chance(0.3) ? new Sandboxes(0, 0) : new Sandboxes(2, 3);
    }

    String name() {
        return name;
    }

    SimWallClock clock() {
        return clock;
    }

    Sandboxes sandboxes() {
        return sandboxes;
    }

    FakeEngine engine() {
        return engine;
    }

    Optional<SimProcess> process() {
        return process.filter(p -> !p.dead());
    }

    Optional<Agent> agent() {
        return process().isPresent() ? agent : Optional.empty();
    }

    FakeGate gate() {
        return gate;
    }

    /** What is on the disk. */
    TaskLedger.Contents ledger() {
        return disk.load();
    }

    /** Who the host is to the control plane; empty before its first agent has written its ledger. */
    Optional<String> instanceId() {
        return disk.load().identity().map(TaskLedger.Identity::instanceId);
    }

    /** Starts the agent, unless it runs. */
    void start() {
        if (lost || process().isPresent()) {
            return;
        }
        crash = Crash.NONE;
        SimProcess mine = new SimProcess(
                "agent-" + name.substring(name.indexOf('-') + 1) + "#" + ++starts, simulation.scheduler());
        SimEnvironment.Made made = SimEnvironment.of(mine, simulation.scheduler(), simulation.seed(), clock);
        simulation.trace(mine.name(), "starts");
        Agent started = Agent.create(
                config(),
                made.environment(),
                new Surroundings(
                        new HostIdentity(name, Ids.derived("boot", name, Integer.toString(boots))),
                        new SimLedger(disk, this, mine, simulation),
                        instance -> {
                            FakeContainerRuntime connection = new FakeContainerRuntime(engine, instance);
                            mine.atDeath(connection::close);
                            return new SimRuntime(connection, this, mine, simulation);
                        },
                        instance -> new SimGate(gate, this, mine, simulation),
                        simulation.network().dialer(mine, name)));
        process = Optional.of(mine);
        agent = Optional.of(started);
        started.start();
    }

    /** Hosts stand in two zones by turns. */
    String zone() {
        return name.charAt(name.length() - 1) % 2 == 0 ? "zone-b" : "zone-a";
    }

    /** Ends the agent as SIGKILL does; containers run on. */
    void kill() {
        process().ifPresent(p -> {
            simulation.trace(p.name(), "killed");
            p.kill();
        });
    }

    /** Asks the agent to end in order; it is killed when it does not in time. */
    void stop() {
        process().ifPresent(p -> {
            simulation.trace(p.name(), "is to stop");
            agent.ifPresent(Agent::stop);
            simulation.scheduler().after(simulation.world(), Duration.ofSeconds(1), "stopped", p::kill);
        });
    }

    /** The machine is gone for good. */
    void lose() {
        simulation.trace(name, "is lost");
        simulation.controlPlanes().forEach(c -> simulation.network().cut(name, c.name()));
        kill();
        lost = true;
    }

    boolean lost() {
        return lost;
    }

    /** The agent dies in the middle of the next thing of that kind. */
    void crashAt(Crash moment) {
        crash = moment;
    }

    boolean crashesNow(Crash moment) {
        if (crash != moment) {
            return false;
        }
        crash = Crash.NONE;
        return true;
    }

    /** The machine boots: nothing runs any more, and the agent has to be started. */
    void reboot() {
        kill();
        simulation.trace(name, "boots");
        boots++;
        engine.reboot();
        gate.reboot();
    }

    private AgentConfig config() {
        return new AgentConfig(
                simulation.controlPlaneAddresses(),
                Simulation.CLUSTER,
                Path.of("/var/lib/staithe"),
                null,
                name,
                name,
                0,
                0,
                List.of(),
                Map.of("ecs.availability-zone", zone()),
                PullBehavior.DEFAULT,
                Duration.ofSeconds(10),
                CLEANUP_WAIT,
                null,
                null,
                null,
                null,
                null,
                new Endpoints("off", "off"),
                sandboxes);
    }
}
