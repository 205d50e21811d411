package dev.staithe.sim;

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
    private final HostFaults hosts;
    private final List<Lasting> lasting = new ArrayList<>();
    private boolean over;
    private int editions;

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
        this.hosts = new HostFaults(simulation, this, random);
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
        switch (random.nextInt(28)) {
            case 0, 1 -> killControlPlane(controlPlane());
            case 2, 3 -> pauseControlPlane(controlPlane());
            case 4 -> stopControlPlane(controlPlane());
            case 5 -> crashAtCommit(controlPlane());
            case 6 -> loseStore();
            case 7 -> forget();
            case 8, 9 -> roughWeather();
            case 10 -> hosts.killAgent(host());
            case 11 -> hosts.pauseAgent(host());
            case 12, 13 -> hosts.crashAgent(host());
            case 14 -> isolate(host());
            case 15 -> breakLinks(host());
            case 16, 17 -> hosts.endContainer(host());
            case 18 -> hosts.loseEngine(host());
            case 19 -> hosts.failCall(host());
            case 20 -> hosts.reboot(host());
            case 21 -> hosts.loseEvents(host());
            case 22 -> fillStore();
            case 23 -> setClock();
            case 24 -> hosts.failHealth(host());
            case 25 -> hosts.stopAgent(host());
            case 26 -> forgetTasks();
            case 27 -> moveTag();
            default -> throw new IllegalStateException("28 cases");
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

    /** Somebody pushes another image under a tag that is in use. */
    private void moveTag() {
        editions++;
        simulation.trace("fault", "web:1 is another image now");
        simulation.hosts().forEach(h -> SimImages.move(h.engine(), "web:1", editions));
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

    void pause(Optional<SimProcess> process, Duration time) {
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

    /** The fault is there, and will be over after this time. */
    void last(String what, Duration time, Runnable end) {
        simulation.trace("fault", what + " for " + time.toMillis() + " ms");
        Lasting fault = new Lasting(what, end);
        lasting.add(fault);
        later(time, fault::end);
    }

    private void later(Duration delay, Runnable work) {
        simulation.scheduler().after(simulation.world(), delay, "fault", work);
    }
}
