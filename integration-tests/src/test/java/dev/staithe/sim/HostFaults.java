package dev.staithe.sim;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.fake.EngineCall;
import java.time.Duration;
import java.util.List;

/** What goes wrong on a host: with its agent, its engine, its containers, itself. Part of a {@link FaultPlan}. */
final class HostFaults {
    private final Simulation simulation;
    private final FaultPlan faults;
    private final SimRandom random;

    HostFaults(Simulation simulation, FaultPlan faults, SimRandom random) {
        this.simulation = simulation;
        this.faults = faults;
        this.random = random;
    }

    void killAgent(SimHost host) {
        host.kill();
        boolean long_ = random.chance(0.2);
        Duration time =
                random.between(Duration.ZERO, long_ ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(5));
        faults.last("no agent on " + host.name(), time, host::start);
    }

    void stopAgent(SimHost host) {
        host.stop();
        faults.last("no agent on " + host.name(), random.between(Duration.ofSeconds(1), Duration.ofSeconds(8)), () -> {
            host.kill();
            host.start();
        });
    }

    void failHealth(SimHost host) {
        List<ContainerView> checked = host.engine().containers().stream()
                .filter(c -> c.state() == ContainerView.State.RUNNING && c.health() != ContainerView.Health.NONE)
                .toList();
        if (!checked.isEmpty()) {
            ContainerView victim = random.one(checked);
            simulation.trace("fault", victim.name() + " on " + host.name() + " is unhealthy");
            host.engine().health(victim.id(), ContainerView.Health.UNHEALTHY, "no answer");
        }
    }

    void pauseAgent(SimHost host) {
        boolean long_ = random.chance(0.2);
        faults.pause(
                host.process(),
                random.between(
                        Duration.ofMillis(200), long_ ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(6)));
    }

    void crashAgent(SimHost host) {
        SimHost.Crash when = random.one(List.of(
                SimHost.Crash.BEFORE_LEDGER,
                SimHost.Crash.AFTER_LEDGER,
                SimHost.Crash.BEFORE_ENGINE,
                SimHost.Crash.AFTER_ENGINE,
                SimHost.Crash.BEFORE_FIREWALL,
                SimHost.Crash.AFTER_FIREWALL));
        host.crashAt(when);
        faults.last(
                host.name() + " dies " + when, random.between(Duration.ofSeconds(1), Duration.ofSeconds(15)), () -> {
                    host.crashAt(SimHost.Crash.NONE);
                    host.start();
                });
    }

    void endContainer(SimHost host) {
        List<ContainerView> running = host.engine().containers().stream()
                .filter(c -> c.state() == ContainerView.State.RUNNING)
                .toList();
        if (!running.isEmpty()) {
            ContainerView victim = random.one(running);
            boolean oom = random.chance(0.3);
            simulation.trace("fault", victim.name() + " on " + host.name() + (oom ? " has no memory left" : " ends"));
            host.engine().end(victim.name(), oom ? 137 : random.nextInt(3), oom);
        }
    }

    void loseEngine(SimHost host) {
        host.engine().crash();
        boolean survive = random.chance(0.6);
        faults.last(
                "engine of " + host.name() + " down",
                random.between(Duration.ofMillis(300), Duration.ofSeconds(12)),
                () -> host.engine().recover(survive));
    }

    void failCall(SimHost host) {
        EngineCall call = random.one(List.of(EngineCall.values()));
        boolean anyway = random.chance(0.5);
        ContainerFault fault = new ContainerFault(
                ContainerFault.Kind.DockerTimeoutError, "no answer from the engine in time", true, new Exception());
        simulation.trace("fault", call + " on " + host.name() + " times out" + (anyway ? ", and is done" : ""));
        host.engine().failNext(call, fault, anyway);
    }

    void reboot(SimHost host) {
        host.reboot();
        boolean longer = random.chance(0.3);
        Duration time = random.between(
                Duration.ofSeconds(1), longer ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(8));
        faults.last(host.name() + " boots", time, host::start);
    }

    void loseEvents(SimHost host) {
        host.engine().loseEvents();
        faults.last(
                "events of " + host.name() + " lost",
                random.between(Duration.ofMillis(300), Duration.ofSeconds(10)),
                () -> host.engine().reopenWatches());
    }
}
