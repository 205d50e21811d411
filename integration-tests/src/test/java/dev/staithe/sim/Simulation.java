package dev.staithe.sim;

import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One simulation, from one seed: two or three real control planes on one simulated store, three to five hosts with the real
 * agent, some users who want things, and a plan of what goes wrong. After the storm comes the calm, in which everything has
 * to come to rest as the users wanted it.
 *
 * <p>Everything runs on the calling thread. What is the same for two runs of one seed is the whole {@link Trace}.
 */
final class Simulation {
    static final String CLUSTER = "default";
    static final Duration HEALTHY_AFTER = Duration.ofSeconds(2);
    static final Duration LEADER_LEASE = Duration.ofSeconds(4);
    static final Duration LOST_AFTER = Duration.ofSeconds(15);

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int LAST_EVENTS = 50;

    private final long seed;
    private final Trace trace = new Trace();
    private final SimScheduler scheduler = new SimScheduler(trace);
    private final SimProcess world = new SimProcess("world", scheduler);
    private final Weather weather = new Weather();
    private final SimTruth truth = new SimTruth(scheduler, world);
    private final SimNetwork network;
    private final Invariants invariants = new Invariants(this);
    private final HostInvariants hostInvariants = new HostInvariants(this);
    private final List<SimControlPlane> controlPlanes = new ArrayList<>();
    private final List<SimHost> hosts = new ArrayList<>();
    private final List<SimUser> users = new ArrayList<>();
    private final SimOperator operator;
    private final ServiceInvariants serviceInvariants = new ServiceInvariants(this);

    Simulation(long seed, int replicas, int machines) {
        this.seed = seed;
        this.network = new SimNetwork(this);
        this.operator = new SimOperator(this);
        truth.watch(invariants);
        truth.watch(serviceInvariants);
        scheduler.afterEach(hostInvariants::check);
        for (int i = 1; i <= replicas; i++) {
            controlPlanes.add(new SimControlPlane(this, "cp-" + i));
        }
        for (int i = 1; i <= machines; i++) {
            hosts.add(new SimHost(this, "host-" + i));
        }
    }

    /** Runs the whole story of a seed, and answers with its trace. */
    static Trace run(long seed) {
        return run(seed, lines -> {});
    }

    /** The same; hands over the trace as it is when the simulation ends, also when it fails. */
    static Trace run(long seed, Consumer<List<String>> keep) {
        SimRandom shape = new SimRandom(seed, "shape");
        Simulation simulation = new Simulation(seed, shape.between(2, 3), shape.between(3, 5));
        int users = shape.between(1, 3);
        Duration storm = shape.between(Duration.ofSeconds(40), Duration.ofSeconds(100));
        try {
            simulation.reporting(() -> simulation.story(users, storm));
        } finally {
            keep.accept(simulation.trace.lines());
        }
        return simulation.trace;
    }

    private void story(int wishes, Duration storm) {
        boot();
        for (int i = 1; i <= wishes; i++) {
            user("service-" + i).start();
        }
        operator.start();
        FaultPlan faults = new FaultPlan(this);
        faults.begin();
        scheduler.run(storm);
        faults.end();
        operator.finish();
        users.forEach(SimUser::finish);
        rest();
    }

    /** Does the work; a failure in it says how it came about and how to see it again. */
    void reporting(Runnable work) {
        try {
            work.run();
        } catch (SimulationFailure failure) {
            throw new AssertionError(
                    "seed " + seed + ": " + failure.getMessage() + "\n\nthe last " + LAST_EVENTS + " lines of "
                            + trace.lines().size() + ":\n" + String.join("\n", trace.last(LAST_EVENTS))
                            + "\n\nto see it again, with the whole trace in integration-tests/target/sim-" + seed
                            + ".trace:\n" + replay() + "\n",
                    failure.getCause() == null ? failure : failure.getCause());
        }
    }

    private String replay() {
        return "mvn -q -pl integration-tests -am -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed="
                + seed + " test";
    }

    /** Starts all processes, and registers what users will need. */
    void boot() {
        controlPlanes.forEach(SimControlPlane::start);
        hosts.forEach(SimHost::start);
        SimClient founder = new SimClient(this, "operator");
        List<String> done = new ArrayList<>();
        founder.send(
                "create cluster",
                replica -> replica.clusters()
                        .create(CreateClusterRequest.newBuilder()
                                .setClusterName(CLUSTER)
                                .build()),
                answer -> register(founder, new ArrayList<>(SimDefinitions.all()), done));
        until("the cluster is set up", () -> done.isEmpty() ? List.of("task definitions are missing") : List.of());
    }

    private void register(SimClient operator, List<TaskDefinition> left, List<String> done) {
        if (left.isEmpty()) {
            done.add("registered");
            return;
        }
        TaskDefinition definition = left.removeFirst();
        operator.send(
                "register " + definition.getFamily(),
                replica -> replica.taskDefinitions().register(definition),
                answer -> register(operator, left, done));
    }

    SimUser user(String service) {
        SimUser user = new SimUser(this, service);
        users.add(user);
        truth.watch(user);
        return user;
    }

    /** Lets time pass until everything has come to rest. */
    void rest() {
        Convergence convergence = new Convergence(this);
        until("everything comes to rest", convergence::problems);
        trace(world.name(), "at rest");
        // A standalone task may still end, an old record be forgotten: then it comes to rest again.
        scheduler.run(Duration.ofSeconds(1));
        until("everything comes to rest again", convergence::problems);
    }

    /** Lets time pass until there are no problems any more. */
    void until(String what, Supplier<List<String>> problems) {
        long end = scheduler.nanos() + PATIENCE.toNanos();
        while (!problems.get().isEmpty()) {
            if (scheduler.nanos() > end) {
                throw new SimulationFailure(
                        "not within " + PATIENCE.toMinutes() + " minutes: " + what + "; " + problems.get());
            }
            scheduler.run(Duration.ofMillis(500));
        }
    }

    /** An agent says something. */
    void sent(String place, AgentMessage message) {
        hosts.stream().filter(h -> h.name().equals(place)).findFirst().ifPresent(h -> hostInvariants.sent(h, message));
    }

    void trace(String who, String what) {
        trace.line(scheduler.nanos(), who, what);
    }

    /** The replica that the store says leads. */
    Optional<SimControlPlane> leader() {
        return controlPlanes.stream()
                .filter(c -> c.replica().filter(r -> r.leads()).isPresent())
                .findFirst();
    }

    List<String> controlPlaneAddresses() {
        return controlPlanes.stream().map(SimControlPlane::address).toList();
    }

    long seed() {
        return seed;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    SimProcess world() {
        return world;
    }

    Weather weather() {
        return weather;
    }

    SimTruth truth() {
        return truth;
    }

    Trace trace() {
        return trace;
    }

    SimNetwork network() {
        return network;
    }

    Invariants invariants() {
        return invariants;
    }

    HostInvariants hostInvariants() {
        return hostInvariants;
    }

    List<SimControlPlane> controlPlanes() {
        return controlPlanes;
    }

    List<SimHost> hosts() {
        return hosts;
    }

    SimOperator operator() {
        return operator;
    }

    List<SimUser> users() {
        return users;
    }
}
