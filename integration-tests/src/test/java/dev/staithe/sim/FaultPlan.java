package dev.staithe.sim;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.fake.EngineCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong, when and for how long: from the seed alone. Every fault has an end; when the plan ends, all that still
 * lasts is over at once, and every process runs.
 */
final class FaultPlan {
    private static final Duration SHORTEST_PEACE = Duration.ofMillis(200);
    private static final Duration LONGEST_PEACE = Duration.ofSeconds(5);

    private final Simulation simulation;
    private final SimRandom random;
    private final List<Lasting> lasting = new ArrayList<>();
    private boolean over;

    /** A fault that has an end. */
    private final class Lasting {
        private final String what;
        private final Runnable end;

        Lasting(String what, Runnable end) {
            this.what = what;
            this.end = end;
        }

        void end() {
            if (lasting.remove(this)) {
                simulation.trace("fault", "over: " + what);
                end.run();
            }
        }
    }

    FaultPlan(Simulation simulation) {
        this.simulation = simulation;
        this.random = new SimRandom(simulation.seed(), "faults");
    }

    void begin() {
        later(random.between(SHORTEST_PEACE, LONGEST_PEACE), this::next);
    }

    /** All is well from now on. */
    void end() {
        over = true;
        simulation.trace("fault", "no more");
        List.copyOf(lasting).forEach(Lasting::end);
        simulation.weather().calm();
        if (simulation.hosts().size() > 3 && random.chance(0.15)) {
            host().lose();
        }
        simulation.controlPlanes().forEach(SimControlPlane::start);
        simulation.hosts().forEach(SimHost::start);
    }

    private void next() {
        if (over) {
            return;
        }
        strike();
        later(random.between(SHORTEST_PEACE, LONGEST_PEACE), this::next);
    }

    private void strike() {
        switch (random.nextInt(27)) {
            case 0, 1 -> killControlPlane(controlPlane());
            case 2, 3 -> pauseControlPlane(controlPlane());
            case 4 -> stopControlPlane(controlPlane());
            case 5 -> crashAtCommit(controlPlane());
            case 6 -> loseStore();
            case 7 -> forget();
            case 8, 9 -> roughWeather();
            case 10 -> killAgent(host());
            case 11 -> pauseAgent(host());
            case 12, 13 -> crashAgent(host());
            case 14 -> isolate(host());
            case 15 -> breakLinks(host());
            case 16, 17 -> endContainer(host());
            case 18 -> loseEngine(host());
            case 19 -> failCall(host());
            case 20 -> reboot(host());
            case 21 -> loseEvents(host());
            case 22 -> fillStore();
            case 23 -> setClock();
            case 24 -> failHealth(host());
            case 25 -> stopAgent(host());
            case 26 -> forgetTasks();
            default -> throw new IllegalStateException("27 cases");
        }
    }

    // Control planes.

    void killControlPlane(SimControlPlane replica) {
        boolean all = random.chance(0.2);
        List<SimControlPlane> victims = all ? simulation.controlPlanes() : List.of(replica);
        victims.forEach(SimControlPlane::kill);
        victims.forEach(v -> last("no " + v.name(), random.between(Duration.ZERO, Duration.ofSeconds(12)), v::start));
    }

    void pauseControlPlane(SimControlPlane replica) {
        pause(replica.process(), random.between(Duration.ofMillis(500), Duration.ofSeconds(12)));
    }

    private void stopControlPlane(SimControlPlane replica) {
        replica.stop();
        last("no " + replica.name(), random.between(Duration.ofSeconds(5), Duration.ofSeconds(12)), () -> {
            replica.kill();
            replica.start();
        });
    }

    private void crashAtCommit(SimControlPlane replica) {
        SimStore.Crash when = random.chance(0.5) ? SimStore.Crash.BEFORE_COMMIT : SimStore.Crash.AFTER_COMMIT;
        Optional<SimStore> store = replica.store();
        store.ifPresent(s -> s.crashAtCommit(when));
        last(replica.name() + " dies " + when, random.between(Duration.ofSeconds(1), Duration.ofSeconds(12)), () -> {
            store.ifPresent(s -> s.crashAtCommit(SimStore.Crash.NONE));
            replica.start();
        });
    }

    private void loseStore() {
        boolean all = random.chance(0.4);
        SimControlPlane one = controlPlane();
        Duration time = random.between(Duration.ofMillis(500), Duration.ofSeconds(10));
        for (SimControlPlane replica : all ? simulation.controlPlanes() : List.of(one)) {
            simulation.weather().cut(replica.name(), SimStore.PLACE);
            last(
                    replica.name() + " without store",
                    time,
                    () -> simulation.weather().mend(replica.name(), SimStore.PLACE));
        }
    }

    /** The store compacts, or a replica's feed is in doubt. */
    private void forget() {
        if (random.chance(0.5)) {
            simulation.trace("fault", "compaction");
            simulation.truth().compact();
            simulation.controlPlanes().forEach(c -> c.store().ifPresent(SimStore::compacted));
        } else {
            simulation.trace("fault", "doubt");
            controlPlane().store().ifPresent(s -> s.doubtFeeds("in doubt"));
        }
    }

    private void fillStore() {
        simulation.weather().full(true);
        last(
                "no space in the store",
                random.between(Duration.ofMillis(500), Duration.ofSeconds(6)),
                () -> simulation.weather().full(false));
    }

    private void setClock() {
        Duration by = random.between(Duration.ofMinutes(-2), Duration.ofMinutes(2));
        simulation.trace("fault", "a clock is set by " + by.toSeconds() + " s");
        (random.chance(0.5) ? controlPlane().clock() : host().clock()).jump(by);
    }

    private void forgetTasks() {
        simulation.weather().forgetful(0.5);
        last(
                "snapshots name no tasks",
                random.between(Duration.ofSeconds(1), Duration.ofSeconds(8)),
                () -> simulation.weather().forgetful(0));
        breakLinks(host());
    }

    // The network.

    private void roughWeather() {
        double unknown = random.chance(0.5) ? 0.25 : 0.05;
        double lost = random.chance(0.5) ? 0.15 : 0;
        double repeated = random.chance(0.5) ? 0.15 : 0;
        simulation.weather().rough(unknown, lost, repeated);
        last(
                "rough weather",
                random.between(Duration.ofSeconds(2), Duration.ofSeconds(20)),
                () -> simulation.weather().rough(0, 0, 0));
    }

    void isolate(SimHost host) {
        boolean fromAll = random.chance(0.6);
        Duration time = random.between(Duration.ofSeconds(1), Simulation.LOST_AFTER.multipliedBy(2));
        for (SimControlPlane replica : fromAll ? simulation.controlPlanes() : List.of(controlPlane())) {
            simulation.network().cut(host.name(), replica.name());
            last(
                    host.name() + " cut off from " + replica.name(),
                    time,
                    () -> simulation.network().mend(host.name(), replica.name()));
        }
    }

    private void breakLinks(SimHost host) {
        simulation.trace("fault", "links of " + host.name() + " break");
        simulation.controlPlanes().forEach(c -> simulation.network().breakLinks(host.name(), c.name()));
    }

    // Hosts.

    private void killAgent(SimHost host) {
        host.kill();
        boolean long_ = random.chance(0.2);
        Duration time =
                random.between(Duration.ZERO, long_ ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(5));
        last("no agent on " + host.name(), time, host::start);
    }

    private void stopAgent(SimHost host) {
        host.stop();
        last("no agent on " + host.name(), random.between(Duration.ofSeconds(1), Duration.ofSeconds(8)), () -> {
            host.kill();
            host.start();
        });
    }

    private void failHealth(SimHost host) {
        List<ContainerView> checked = host.engine().containers().stream()
                .filter(c -> c.state() == ContainerView.State.RUNNING && c.health() != ContainerView.Health.NONE)
                .toList();
        if (!checked.isEmpty()) {
            ContainerView victim = random.one(checked);
            simulation.trace("fault", victim.name() + " on " + host.name() + " is unhealthy");
            host.engine().health(victim.id(), ContainerView.Health.UNHEALTHY, "no answer");
        }
    }

    private void pauseAgent(SimHost host) {
        boolean long_ = random.chance(0.2);
        pause(
                host.process(),
                random.between(
                        Duration.ofMillis(200), long_ ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(6)));
    }

    private void crashAgent(SimHost host) {
        SimHost.Crash when = random.one(List.of(
                SimHost.Crash.BEFORE_LEDGER,
                SimHost.Crash.AFTER_LEDGER,
                SimHost.Crash.BEFORE_ENGINE,
                SimHost.Crash.AFTER_ENGINE));
        host.crashAt(when);
        last(host.name() + " dies " + when, random.between(Duration.ofSeconds(1), Duration.ofSeconds(15)), () -> {
            host.crashAt(SimHost.Crash.NONE);
            host.start();
        });
    }

    private void endContainer(SimHost host) {
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

    private void loseEngine(SimHost host) {
        host.engine().crash();
        boolean survive = random.chance(0.6);
        last(
                "engine of " + host.name() + " down",
                random.between(Duration.ofMillis(300), Duration.ofSeconds(12)),
                () -> host.engine().recover(survive));
    }

    private void failCall(SimHost host) {
        EngineCall call = random.one(List.of(EngineCall.values()));
        boolean anyway = random.chance(0.5);
        ContainerFault fault = new ContainerFault(
                ContainerFault.Kind.DockerTimeoutError, "no answer from the engine in time", true, new Exception());
        simulation.trace("fault", call + " on " + host.name() + " times out" + (anyway ? ", and is done" : ""));
        host.engine().failNext(call, fault, anyway);
    }

    private void reboot(SimHost host) {
        host.reboot();
        boolean longer = random.chance(0.3);
        Duration time = random.between(
                Duration.ofSeconds(1), longer ? Simulation.LOST_AFTER.multipliedBy(2) : Duration.ofSeconds(8));
        last(host.name() + " boots", time, host::start);
    }

    private void loseEvents(SimHost host) {
        host.engine().loseEvents();
        last(
                "events of " + host.name() + " lost",
                random.between(Duration.ofMillis(300), Duration.ofSeconds(10)),
                () -> host.engine().reopenWatches());
    }

    private void pause(Optional<SimProcess> process, Duration time) {
        process.ifPresent(p -> {
            p.pause();
            last(p.name() + " paused", time, p::resume);
        });
    }

    /** The leader, more often than not. */
    private SimControlPlane controlPlane() {
        Optional<SimControlPlane> leader = simulation.leader();
        SimControlPlane any = random.one(simulation.controlPlanes());
        return random.chance(0.6) ? leader.orElse(any) : any;
    }

    private SimHost host() {
        return random.one(simulation.hosts());
    }

    private void last(String what, Duration time, Runnable end) {
        simulation.trace("fault", what + " for " + time.toMillis() + " ms");
        Lasting fault = new Lasting(what, end);
        lasting.add(fault);
        later(time, fault::end);
    }

    private void later(Duration delay, Runnable work) {
        simulation.scheduler().after(simulation.world(), delay, "fault", work);
    }
}
