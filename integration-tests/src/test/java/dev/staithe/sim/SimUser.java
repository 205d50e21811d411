package dev.staithe.sim;

import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A user with one service of a name of its own, which it creates, scales, updates, rolls back and deletes, and with
 * standalone tasks now and then. Nobody else touches the service: so what was acknowledged must be what the store holds,
 * until the user asks for something else.
 */
final class SimUser implements SimTruth.Watcher {
    /** Seconds for which connections may go on. */
    private static final List<Integer> DRAINING = List.of(0, 3, 30);

    /** minimumHealthyPercent and maximumPercent; some leave a small service no room to roll out, as in ECS. */
    private static final List<List<Integer>> BOUNDS =
            List.of(List.of(100, 200), List.of(50, 100), List.of(50, 150), List.of(0, 100), List.of(100, 150));

    /** Those that always leave room. */
    private static final List<List<Integer>> LAST_BOUNDS =
            List.of(List.of(100, 200), List.of(50, 200), List.of(0, 100));

    /** How long a user tries; a client token is remembered for a day, which is longer than that. */
    private static final Duration TOKEN_IS_GOOD_FOR = Duration.ofSeconds(20);

    private final Simulation simulation;
    private final String service;
    private final SimClient client;
    private final SimRandom random;
    private final List<String> ownTasks = new ArrayList<>();
    private Optional<Service> acknowledged = Optional.empty();
    private final boolean many;
    private final boolean daemon;
    private boolean busy;
    private boolean finishing;
    private boolean finished;
    private int requests;

    SimUser(Simulation simulation, String service) {
        this.simulation = simulation;
        this.service = service;
        this.client = new SimClient(simulation, "user " + service);
        this.random = new SimRandom(simulation.seed(), "user " + service);
        // One in some users wants more tasks than one transaction can hold.
        this.many = random.chance(0.03);
        this.daemon = !many && random.chance(0.15);
    }

    /** Begins to want things. */
    void start() {
        later(random.between(Duration.ofMillis(10), Duration.ofSeconds(5)), this::next);
    }

    /** Asks for one last thing, which can be had, and then is content. */
    void finish() {
        finishing = true;
        if (!busy) {
            last();
        }
    }

    /** Whether the last wish was acknowledged. */
    boolean content() {
        return finished;
    }

    /** What the user was promised last; empty when there is no service. */
    Optional<Service> promised() {
        return acknowledged;
    }

    @Override
    public void changed(ClusterState before, ClusterState after, Batch batch, SimTruth.@Nullable Writer writer) {
        boolean mine = batch.events().stream().anyMatch(e -> e.key().equals(Keys.service(Simulation.CLUSTER, service)));
        if (mine && !busy && broughtBack(after)) {
            acknowledged = after.service(Simulation.CLUSTER, service);
            return;
        }
        if (mine && !busy) {
            throw new SimulationFailure(
                    "what was acknowledged is never lost: service " + service + " was acknowledged as "
                            + acknowledged + " and changed to " + after.service(Simulation.CLUSTER, service)
                            + " although nobody asked for it");
        }
    }

    /** The circuit breaker may go back, for a user who wants it to: nobody else changes a service. */
    private boolean broughtBack(ClusterState after) {
        return after.service(Simulation.CLUSTER, service)
                .filter(is -> is.origin().kind() == Origin.Kind.CIRCUIT_BREAKER)
                .filter(is -> acknowledged
                        .filter(was -> was.uid().equals(is.uid()) && was.generation() + 1 == is.generation())
                        .filter(was -> was.deploymentConfiguration()
                                .getDeploymentCircuitBreaker()
                                .getRollback())
                        .isPresent())
                .isPresent();
    }

    private void next() {
        if (busy || finishing) {
            return;
        }
        boolean exists = acknowledged.filter(s -> !s.deleted()).isPresent();
        if (!exists) {
            create();
            return;
        }
        if (many && random.chance(0.3)) {
            update("scale", b -> b.setTaskDefinition("tiny:1").setDesiredCount(random.between(100, 130)));
            return;
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> scale();
            case 10 -> update("schedule", this::reschedule);
            case 11 -> protect();
            case 3, 4 -> update("new revision", b -> b.setTaskDefinition(random.one(SimDefinitions.ALL)));
            case 5 -> update("force", b -> b.setForceNewDeployment(true));
            case 6 -> rollback();
            case 7 -> delete();
            case 8 -> runTask();
            case 9 -> stopTask();
            default -> throw new IllegalStateException("twelve cases");
        }
    }

    private void scale() {
        if (daemon) {
            update("force", b -> b.setForceNewDeployment(true));
        } else {
            update("scale", b -> b.setDesiredCount(random.nextInt(5)));
        }
    }

    private void reschedule(UpdateServiceRequest.Builder change) {
        change.setClearPlacementConstraints(true)
                .setHealthCheckGracePeriodSeconds(random.nextInt(4))
                .setConnectionDrainingSeconds(random.one(DRAINING));
        if (!daemon) {
            change.setAvailabilityZoneRebalancing(Wishes.rebalancing(random))
                    .setDeploymentConfiguration(Wishes.configuration(random.one(BOUNDS), random))
                    .addAllPlacementStrategy(Wishes.strategies(random));
        }
        var constraints = Wishes.constraints(random);
        if (!constraints.isEmpty() && !daemon) {
            change.setClearPlacementConstraints(false).addAllPlacementConstraints(constraints);
        }
    }

    private void create() {
        String token = service + "-" + ++requests;
        CreateServiceRequest.Builder wanted = CreateServiceRequest.newBuilder()
                .setCluster(Simulation.CLUSTER)
                .setServiceName(service)
                .setTaskDefinition(random.one(daemon ? SimDefinitions.PLAIN : SimDefinitions.GOOD))
                .setClientToken(token);
        if (daemon) {
            wanted.setSchedulingStrategy("DAEMON")
                    .setDeploymentConfiguration(
                            DeploymentConfiguration.newBuilder().setMinimumHealthyPercent(random.one(List.of(0, 50))));
            if (random.chance(0.3)) {
                wanted.addPlacementConstraints(Wishes.ZONE_A);
            }
        } else {
            wanted.setDesiredCount(random.between(1, 4))
                    .setDeploymentConfiguration(Wishes.configuration(random.one(BOUNDS), random))
                    .addAllPlacementConstraints(Wishes.constraints(random))
                    .addAllPlacementStrategy(Wishes.strategies(random))
                    .setAvailabilityZoneRebalancing(Wishes.rebalancing(random))
                    .setHealthCheckGracePeriodSeconds(random.nextInt(4));
        }
        wanted.setConnectionDrainingSeconds(random.one(DRAINING));
        CreateServiceRequest request = wanted.build();
        change(
                "create " + request.getTaskDefinition() + " x" + request.getDesiredCount(),
                replica -> replica.services().create(request, replica.view().current()));
    }

    private void update(String what, Consumer<UpdateServiceRequest.Builder> change) {
        UpdateServiceRequest.Builder builder =
                UpdateServiceRequest.newBuilder().setCluster(Simulation.CLUSTER).setService(service);
        change.accept(builder);
        UpdateServiceRequest request = builder.build();
        change(
                what + " " + request.getTaskDefinition()
                        + (request.hasDesiredCount() ? " x" + request.getDesiredCount() : ""),
                replica -> replica.services().update(request, replica.view().current()));
    }

    private void rollback() {
        change(
                "rollback",
                replica -> replica.services()
                        .rollouts()
                        .rollback(
                                RollbackServiceRequest.newBuilder()
                                        .setCluster(Simulation.CLUSTER)
                                        .setService(service)
                                        .build(),
                                replica.view().current()));
    }

    private void delete() {
        change(
                "delete",
                replica -> replica.services()
                        .delete(
                                DeleteServiceRequest.newBuilder()
                                        .setCluster(Simulation.CLUSTER)
                                        .setService(service)
                                        .setForce(true)
                                        .build(),
                                replica.view().current()));
    }

    /** Something that can be had whatever else goes on: the simulation must come to rest with it. */
    private void last() {
        boolean exists = acknowledged.filter(s -> !s.deleted()).isPresent();
        if (exists && random.chance(0.8)) {
            update("at last", b -> {
                b.setTaskDefinition(random.one(SimDefinitions.PLAIN)).setForceNewDeployment(true);
                if (daemon) {
                    // With half of one host, nothing could ever be replaced.
                    b.setDeploymentConfiguration(
                            DeploymentConfiguration.newBuilder().setMinimumHealthyPercent(0));
                } else {
                    b.setDesiredCount(random.between(1, 3))
                            .setClearPlacementConstraints(true)
                            .setDeploymentConfiguration(percent(random.one(LAST_BOUNDS)));
                }
            });
        } else if (exists) {
            delete();
        } else {
            finished = true;
        }
    }

    private void change(String what, SimControlPlane.Call<Written<Service>> call) {
        boolean lastOne = finishing;
        busy = true;
        client.send(what, call, answer -> {
            Optional<Service> now = simulation.truth().state().service(Simulation.CLUSTER, service);
            switch (answer) {
                case SimClient.Answer.Acknowledged<Written<Service>> done -> {
                    boolean brought = now.isPresent()
                            && now.get().origin().kind() == Origin.Kind.CIRCUIT_BREAKER
                            && now.get().generation() == done.value().value().generation() + 1;
                    if (now.isEmpty() || (!now.get().equals(done.value().value()) && !brought)) {
                        throw new SimulationFailure("what was acknowledged is never lost: " + what + " of " + service
                                + " was acknowledged as " + done.value().value() + " and the store holds " + now);
                    }
                    finished = lastOne;
                }
                // The user looks what there is, and goes on from there.
                case SimClient.Answer.Refused<Written<Service>> refused -> {}
                case SimClient.Answer.GivenUp<Written<Service>> givenUp -> {}
            }
            acknowledged = now;
            rest();
        });
    }

    private void runTask() {
        String token = service + "-" + ++requests;
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setCluster(Simulation.CLUSTER)
                .setTaskDefinition(random.one(SimDefinitions.STANDALONE))
                .setCount(random.between(1, 2))
                .setClientToken(token)
                .build();
        busy = true;
        client.<Written<TaskCommands.Outcome>>send(
                "run " + request.getTaskDefinition() + " x" + request.getCount(),
                TOKEN_IS_GOOD_FOR,
                replica -> replica.tasks().run(request),
                answer -> {
                    if (answer instanceof SimClient.Answer.Acknowledged<Written<TaskCommands.Outcome>> done) {
                        for (Task task : done.value().value().tasks()) {
                            simulation.invariants().acknowledged(task.id());
                            ownTasks.add(task.id());
                        }
                    }
                    rest();
                });
    }

    /** Protects a task of the service for a minute or two, or ends that. */
    private void protect() {
        Optional<String> own = simulation.truth().state().tasks().stream()
                .filter(t -> t.group().equals("service:" + service) && t.live())
                .map(Task::id)
                .findFirst();
        if (own.isEmpty()) {
            rest();
            return;
        }
        UpdateTaskProtectionRequest request = UpdateTaskProtectionRequest.newBuilder()
                .setCluster(Simulation.CLUSTER)
                .addTasks(own.get())
                .setProtectionEnabled(random.chance(0.7))
                .setExpiresInMinutes(random.between(1, 2))
                .build();
        busy = true;
        client.<Written<TaskCommands.Outcome>>send(
                "protect " + own.get().substring(0, 6),
                TOKEN_IS_GOOD_FOR,
                replica -> replica.tasks().protect(request),
                answer -> rest());
    }

    private void stopTask() {
        Optional<String> own = ownTasks.isEmpty()
                ? simulation.truth().state().tasks().stream()
                        .filter(t -> t.group().equals("service:" + service) && !t.stopped())
                        .map(Task::id)
                        .findFirst()
                : Optional.of(ownTasks.removeFirst());
        if (own.isEmpty()) {
            rest();
            return;
        }
        StopTaskRequest request = StopTaskRequest.newBuilder()
                .setCluster(Simulation.CLUSTER)
                .setTask(own.get())
                .build();
        busy = true;
        client.<Written<Task>>send(
                "stop " + own.get().substring(0, 6), replica -> replica.tasks().stop(request), answer -> {
                    Optional<Task> now = simulation.truth().state().task(own.get());
                    if (answer instanceof SimClient.Answer.Acknowledged<Written<Task>>
                            && now.isPresent()
                            && !now.get().stopWanted()
                            && !now.get().stopped()) {
                        throw new SimulationFailure(
                                "what was acknowledged is never lost: the stop of " + own.get() + " is not stored");
                    }
                    rest();
                });
    }

    /** Standalone tasks that nobody stops any more would run for ever: that is right, and they are left to. */
    private void rest() {
        busy = false;
        if (finishing) {
            if (!finished) {
                later(Duration.ofMillis(500), () -> {
                    if (!busy && !finished) {
                        last();
                    }
                });
            }
            return;
        }
        later(random.between(Duration.ofMillis(100), Duration.ofSeconds(15)), this::next);
    }

    private static DeploymentConfiguration percent(List<Integer> bounds) {
        return DeploymentConfiguration.newBuilder()
                .setMinimumHealthyPercent(bounds.getFirst())
                .setMaximumPercent(bounds.getLast())
                .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder())
                .build();
    }

    private void later(Duration delay, Runnable work) {
        simulation.scheduler().after(simulation.world(), delay, "user " + service, work);
    }
}
