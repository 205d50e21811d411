package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Placement;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Placer;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * A cluster with one service in a test's hands: it applies what the planners decide as the control loop does, lets hosts
 * say what the test wants, and keeps the time. After everything that is applied it checks what must always hold.
 */
final class World {
    static final String CLUSTER = "default";
    static final String UID = "web-uid";
    static final Settings SETTINGS = Settings.DEFAULTS;
    /** How often planning may be woken for nothing before a test takes it that nothing will happen. */
    private static final int IDLE = 20;

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private ClusterState state = ClusterState.EMPTY;
    private long nanos = 1_000_000_000L;
    private long ledSince = nanos;
    private HashPMap<String, Long> runningSince = HashTreePMap.empty();
    private HashPMap<String, Long> stoppedSince = HashTreePMap.empty();
    private HashPMap<String, Long> failedAt = HashTreePMap.empty();
    private HashPMap<String, Long> heardFrom = HashTreePMap.empty();
    private int revisions;
    private boolean checked;
    private String image = "web@sha256:" + "0".repeat(64);
    private Runnable watching = () -> {};

    /** What was decided since the test last asked. */
    private final List<Decision> decided = new ArrayList<>();

    ClusterState state() {
        return state;
    }

    Moment moment() {
        look();
        return new Moment(nanos, millis(), runningSince, stoppedSince, failedAt, heardFrom, ledSince);
    }

    private long millis() {
        return EPOCH_MILLIS + nanos / 1_000_000;
    }

    // What users do.

    /** Of the task definitions that are registered from now on; by digest unless told otherwise. */
    World image(String reference) {
        image = reference;
        return this;
    }

    /** Registers the next revision: one container of this memory, with this host port if it is not 0. */
    TaskDefinitionRef register(int memory, int hostPort, boolean hasHealthCheck) {
        checked = hasHealthCheck;
        ContainerDefinition.Builder container = ContainerDefinition.newBuilder()
                .setName("main")
                .setImage(image)
                .setCpu(64)
                .setMemory(memory);
        if (hostPort != 0) {
            container.addPortMappings(
                    PortMapping.newBuilder().setContainerPort(80).setHostPort(hostPort));
        }
        TaskDefinition spec = TaskDefinition.newBuilder()
                .setFamily("web")
                .addContainerDefinitions(container)
                .build();
        TaskDefinitionRef ref = new TaskDefinitionRef("web", ++revisions);
        put(
                Keys.taskDefinition("web", revisions),
                Records.bytes(new TaskDefinitionRevision(
                        ref, spec, millis(), 0, dev.staithe.controlplane.model.Demand.of(spec))));
        return ref;
    }

    World service(int desired, int minimumPercent, int maximumPercent) {
        TaskDefinitionRef ref = register(256, 0, false);
        put(new Service(
                UID,
                CLUSTER,
                "web",
                ref,
                desired,
                bounds(minimumPercent, maximumPercent),
                millis(),
                1,
                false,
                "",
                0,
                List.of(),
                Scheduling.REPLICA,
                Origin.CREATED,
                0));
        return this;
    }

    private static DeploymentConfiguration bounds(int minimumPercent, int maximumPercent) {
        return DeploymentConfiguration.newBuilder()
                .setMinimumHealthyPercent(minimumPercent)
                .setMaximumPercent(maximumPercent)
                .build();
    }

    Service service() {
        return state.service(CLUSTER, "web").orElseThrow();
    }

    void scale(int desired) {
        put(service()
                .configured(
                        desired, service().deploymentConfiguration(), service().scheduling()));
    }

    void limit(int minimumPercent, int maximumPercent) {
        put(service()
                .configured(
                        service().desiredCount(),
                        bounds(minimumPercent, maximumPercent),
                        service().scheduling()));
    }

    /** Switches the circuit breaker on. */
    World breaker(boolean rollback) {
        DeploymentConfiguration configuration = service().deploymentConfiguration().toBuilder()
                .setDeploymentCircuitBreaker(
                        DeploymentCircuitBreaker.newBuilder().setEnable(true).setRollback(rollback))
                .build();
        put(service()
                .configured(service().desiredCount(), configuration, service().scheduling()));
        return this;
    }

    /** A user goes back to what this generation ran. */
    void goBack(long generation) {
        put(service()
                .deploying(
                        deployment(generation).taskDefinition(),
                        new Origin(Origin.Kind.ROLLBACK, service().generation(), generation)));
    }

    /** A user wants the deployment left as it is. */
    void stopDeployment() {
        put(service().stopped());
    }

    void update(TaskDefinitionRef ref) {
        put(service().deploying(ref, Origin.TASK_DEFINITION));
    }

    void rollBack(TaskDefinitionRef ref, long generation) {
        put(service().deploying(ref, new Origin(Origin.Kind.ROLLBACK, service().generation(), generation)));
    }

    void update() {
        update(register(256, 0, checked));
    }

    /** One task on every host that matches. */
    World daemon(int minimumPercent) {
        return service(0, minimumPercent, 100).scheduled(Scheduling.Kind.DAEMON, List.of());
    }

    /** From now on, tasks belong on hosts that the expression selects; on all when it is empty. */
    World constrain(String expression) {
        PlacementConstraint constraint = PlacementConstraint.newBuilder()
                .setType("memberOf")
                .setExpression(expression)
                .build();
        return scheduled(service().scheduling().kind(), expression.isEmpty() ? List.of() : List.of(constraint));
    }

    private World scheduled(Scheduling.Kind kind, List<PlacementConstraint> constraints) {
        return schedule(s -> new Scheduling(
                kind,
                constraints,
                s.strategies(),
                s.gracePeriod(),
                s.rebalancing(),
                s.propagateTags(),
                s.connectionDraining(),
                s.executeCommand()));
    }

    /** Changes how the service is scheduled, which is no deployment. */
    World schedule(UnaryOperator<Scheduling> change) {
        Service s = service();
        put(s.configured(s.desiredCount(), s.deploymentConfiguration(), change.apply(s.scheduling())));
        return this;
    }

    World spreadBy(PlacementStrategy... strategies) {
        return schedule(s -> new Scheduling(
                s.kind(),
                s.constraints(),
                List.of(strategies),
                s.gracePeriod(),
                s.rebalancing(),
                s.propagateTags(),
                s.connectionDraining(),
                s.executeCommand()));
    }

    World grace(Duration period) {
        return schedule(s -> new Scheduling(
                s.kind(),
                s.constraints(),
                s.strategies(),
                period,
                s.rebalancing(),
                s.propagateTags(),
                s.connectionDraining(),
                s.executeCommand()));
    }

    World rebalance(Scheduling.Rebalancing wanted) {
        return schedule(s -> new Scheduling(
                s.kind(),
                s.constraints(),
                s.strategies(),
                s.gracePeriod(),
                wanted,
                s.propagateTags(),
                s.connectionDraining(),
                s.executeCommand()));
    }

    /** What operators do. */
    void drain(String instanceId, boolean wanted) {
        put(
                Keys.host(CLUSTER, instanceId),
                Records.bytes(CLUSTER, instanceId, state.wish(instanceId).drain(wanted)));
    }

    /** What a task asks for. */
    void protect(Task task, Duration time) {
        put(task.marked(task.marks().protectedUntil(millis() + time.toMillis())));
    }

    /** The deployment is given up, as by the circuit breaker. */
    void fail(long generation) {
        Map<String, Optional<ByteString>> changes = new TreeMap<>();
        put(changes, deployment(generation).ended(Deployment.Rollout.FAILED, "failed", 0, millis()));
        commit(changes);
    }

    void move(Task task) {
        put(task.marked(task.marks().moving(true)));
    }

    void delete() {
        put(service().ended());
    }

    private void put(Service service) {
        put(Keys.service(CLUSTER, "web"), Records.bytes(service));
    }

    // What hosts do.

    World hosts(int count, long memory) {
        for (int i = 0; i < count; i++) {
            host("host-" + (char) ('a' + state.instances().size()), memory);
        }
        return this;
    }

    World hostIn(String zone, String id, long memory) {
        host(id, memory, new TreeMap<>(Map.of("ecs.availability-zone", zone)));
        return this;
    }

    void host(String id, long memory) {
        host(id, memory, new TreeMap<>());
    }

    /** The host is lost, with all that is on it. */
    void lose(String instanceId) {
        state.tasksOfInstance(instanceId).stream()
                .filter(task -> !task.stopped())
                .toList()
                .forEach(task -> put(task.lost(StopCodes.HOST_GONE, "Host was lost", millis())));
        commit(new TreeMap<>(Map.of(Keys.instance(CLUSTER, instanceId), Optional.empty())));
    }

    private void host(String id, long memory, SortedMap<String, String> attributes) {
        put(new ContainerInstance(
                id,
                CLUSTER,
                id + ".example",
                "127.0.0.1",
                8192,
                memory,
                new TreeSet<>(List.of(22)),
                new TreeSet<>(),
                attributes,
                "1",
                "20.10",
                1,
                "boot",
                millis(),
                true,
                true,
                1,
                List.of(),
                HostWish.NONE));
    }

    private void put(ContainerInstance instance) {
        put(Keys.instance(CLUSTER, instance.id()), Records.bytes(instance));
    }

    /** The cluster's record, with so many releases of its brake. */
    void cluster(long brakeReleases) {
        put(
                Keys.cluster(CLUSTER),
                Records.bytes(new dev.staithe.controlplane.model.Cluster(CLUSTER, millis(), List.of(), brakeReleases)));
    }

    /** An operator wants this of the host. */
    void wish(String instanceId, HostWish wish) {
        put(Keys.host(CLUSTER, instanceId), Records.bytes(CLUSTER, instanceId, wish));
    }

    /** An operator gives the host this attribute, or takes it away. */
    void attribute(String instanceId, String name, Optional<String> value) {
        HostWish wish = state.wish(instanceId);
        TreeMap<String, String> attributes = new TreeMap<>(wish.attributes());
        attributes.remove(name);
        value.ifPresent(v -> attributes.put(name, v));
        wish(instanceId, wish.attributes(attributes));
    }

    /** The host's agent is heard now. */
    void hear(String instanceId) {
        heardFrom = heardFrom.plus(instanceId, nanos);
    }

    /** Every host is heard, and taken for connected again. */
    void hearAll() {
        state.instances().forEach(i -> hear(i.id()));
        watchHosts();
    }

    /** All hosts but some are heard while this time passes. */
    void silence(Duration time, int hosts) {
        pass(time);
        state.instances().stream().skip(hosts).forEach(i -> hear(i.id()));
        watchHosts();
    }

    /** What the loop does for every instance that is dirty. */
    void watchHosts() {
        state.cluster(CLUSTER)
                .ifPresent(c -> apply(new Plan(MassLoss.plan(state, c, moment(), SETTINGS), OptionalLong.empty())));
        for (ContainerInstance instance : List.copyOf(state.instances())) {
            apply(HostReconciler.plan(state, instance, moment(), SETTINGS));
        }
    }

    /** A task of another service runs on the host. */
    void neighbour(String instanceId) {
        TaskDefinitionRef ref = service().taskDefinition();
        put(new Task(
                "neighbour-of-" + instanceId,
                CLUSTER,
                ref,
                instanceId,
                "service:other",
                "ecs-svc/1",
                "other-uid",
                1,
                false,
                TaskStatus.RUNNING,
                1,
                1,
                "",
                "",
                List.of(),
                Task.Times.created(millis()),
                TaskOverride.getDefaultInstance(),
                state.taskDefinition(ref).orElseThrow().demand(),
                Task.Marks.NONE));
    }

    void neighbourEnds(String instanceId) {
        ends(state.task("neighbour-of-" + instanceId).orElseThrow());
    }

    void runs(Task task) {
        runs(task, Health.UNKNOWN);
    }

    void runs(Task task, Health health) {
        Task.Times t = task.times();
        put(task.with(
                task.stopWanted(),
                TaskStatus.RUNNING,
                task.observation() + 1,
                task.stopCode(),
                task.stoppedReason(),
                List.of(container("RUNNING", health)),
                new Task.Times(
                        t.createdAt(),
                        t.pullStartedAt(),
                        t.pullStoppedAt(),
                        t.startedAt() == 0 ? millis() : t.startedAt(),
                        t.stoppingAt(),
                        0)));
    }

    /** The task's image is on its host; nothing runs yet. */
    void pulled(Task task, String digest) {
        Task.Times t = task.times();
        put(task.with(
                task.stopWanted(),
                task.status(),
                task.observation() + 1,
                task.stopCode(),
                task.stoppedReason(),
                List.of(new TaskContainer(
                        "main",
                        "",
                        "PENDING",
                        OptionalInt.empty(),
                        "",
                        List.of(),
                        Health.UNKNOWN,
                        "",
                        checked,
                        digest,
                        0)),
                new Task.Times(t.createdAt(), millis(), millis(), t.startedAt(), t.stoppingAt(), t.stoppedAt())));
    }

    /** The task's container exits, as far as its host ever ran it. */
    void ends(Task task) {
        boolean ran = task.times().startedAt() != 0;
        Task.Times t = task.times();
        Health last = task.containers().isEmpty()
                ? Health.UNKNOWN
                : task.containers().getFirst().health();
        put(task.with(
                task.stopWanted(),
                TaskStatus.STOPPED,
                task.observation() + 1,
                task.stopCode().isEmpty() ? (ran ? "EssentialContainerExited" : "TaskFailedToStart") : task.stopCode(),
                task.stoppedReason().isEmpty() ? "Essential container in task exited" : task.stoppedReason(),
                List.of(container("STOPPED", last)),
                new Task.Times(
                        t.createdAt(), t.pullStartedAt(), t.pullStoppedAt(), t.startedAt(), t.stoppingAt(), millis())));
    }

    private TaskContainer container(String status, Health health) {
        return new TaskContainer("main", "id", status, OptionalInt.empty(), "", List.of(), health, "", checked, "", 0);
    }

    private void put(Task task) {
        put(Keys.task(CLUSTER, task.id()), Records.bytes(task));
    }

    /** Hosts do all that is wanted of them: what was placed runs, what was to stop has stopped. */
    void cooperate() {
        for (Task task : tasks()) {
            if (task.stopWanted() || task.status() == TaskStatus.STOPPING) {
                ends(task);
            } else if (task.status() == TaskStatus.PENDING || (checked && task.health() != Health.HEALTHY)) {
                runs(task, checked ? Health.HEALTHY : Health.UNKNOWN);
            }
        }
    }

    // What the control plane does.

    /** Another leader: it has seen nothing yet. */
    void changeLeader() {
        ledSince = nanos;
        runningSince = HashTreePMap.empty();
        stoppedSince = HashTreePMap.empty();
        failedAt = HashTreePMap.empty();
        heardFrom = HashTreePMap.empty();
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }

    Plan plan() {
        look();
        return ServiceReconciler.plan(state, service(), moment(), SETTINGS);
    }

    /** Plans and applies until nothing changes any more. */
    World settle() {
        for (int i = 0; i < 50; i++) {
            if (!apply(plan())) {
                return this;
            }
        }
        throw new AssertionError("no fixpoint: " + plan());
    }

    /** Settles, lets hosts cooperate and time pass, until nothing happens any more. */
    World converge() {
        return convergeWatching(() -> {});
    }

    /** Converges, and lets a test look after every transaction. */
    World convergeWatching(Runnable watch) {
        watching = watch;
        int idle = 0;
        for (int i = 0; i < 300 && idle < IDLE; i++) {
            settle();
            long revision = state.revision();
            cooperate();
            settle();
            OptionalLong wake = plan().wakeAtNanos();
            boolean steady = wake.isEmpty()
                    || wake.getAsLong() - nanos > Duration.ofHours(1).toNanos();
            if (state.revision() == revision && steady) {
                return this;
            }
            idle = state.revision() == revision ? idle + 1 : 0;
            if (state.revision() == revision) {
                nanos = wake.getAsLong();
            }
        }
        if (idle < IDLE) {
            throw new AssertionError("does not converge: " + plan());
        }
        return this;
    }

    /** What the loop notes of what it sees. */
    private void look() {
        for (Task task : state.tasks()) {
            if (task.stopped() && !stoppedSince.containsKey(task.id())) {
                stoppedSince = stoppedSince.plus(task.id(), nanos);
            }
            if (task.status() == TaskStatus.RUNNING && !runningSince.containsKey(task.id())) {
                runningSince = runningSince.plus(task.id(), nanos);
            }
        }
    }

    /** The first decisions of a plan, as far as a budget allowed. */
    static Plan cut(Plan plan, int decisions) {
        int size = Math.min(decisions, plan.decisions().size());
        return new Plan(plan.decisions().subList(0, size), plan.wakeAtNanos());
    }

    /** Applies a plan as one transaction; false when there was nothing in it. */
    boolean apply(Plan plan) {
        look();
        int healthyBefore = healthy();
        int liveBefore = live().size();
        ClusterState before = state;
        plan.decisions().forEach(this::checkProtection);
        Map<String, Optional<ByteString>> changes = new TreeMap<>();
        Capacity capacity = Capacity.of(state);
        long number = state.newestEvent(UID).map(ServiceEvent::number).orElse(0L);
        for (Decision decision : plan.decisions()) {
            decided.add(decision);
            switch (decision) {
                case Decision.Deploy deploy -> put(changes, deploy.deployment());
                case Decision.Drop drop ->
                    changes.put(Keys.deployment(CLUSTER, UID, drop.deployment().generation()), Optional.empty());
                case Decision.RollBack back ->
                    changes.put(Keys.service(CLUSTER, "web"), Optional.of(broughtBack(back)));
                case Decision.Start start -> start(start, capacity, changes);
                case Decision.StartOn start -> start(start, capacity, changes);
                case Decision.Placed placed -> changes.put(Keys.explanation(CLUSTER, UID), Optional.empty());
                case Decision.Move move ->
                    put(changes, move.task().marked(move.task().marks().moving(move.wanted())));
                case Decision.Stop stop -> put(changes, stop.task().stopping(stop.stopCode(), stop.reason(), millis()));
                case Decision.Lose lose -> put(changes, lose.task().lost(lose.stopCode(), lose.reason(), millis()));
                case Decision.Forget forget ->
                    changes.put(Keys.task(CLUSTER, forget.task().id()), Optional.empty());
                case Decision.PutBrake brake ->
                    changes.put(Keys.brake(CLUSTER), Optional.of(Records.bytes(brake.brake())));
                case Decision.DropBrake brake -> changes.put(Keys.brake(CLUSTER), Optional.empty());
                case Decision.Update update ->
                    changes.put(
                            Keys.instance(CLUSTER, update.instance().id()),
                            Optional.of(Records.bytes(update.instance())));
                case Decision.Announce announce -> {
                    number++;
                    ServiceEvent event = new ServiceEvent(
                            "event", CLUSTER, UID, number, millis(), announce.message(), announce.cause());
                    changes.put(Keys.event(CLUSTER, UID, number), Optional.of(Records.bytes(event)));
                }
            }
        }
        if (changes.isEmpty()) {
            return false;
        }
        commit(changes);
        watching.run();
        boolean lost = plan.decisions().stream().anyMatch(Decision.Lose.class::isInstance);
        if (service().scheduling().daemon() && !service().deleted()) {
            checkDaemon(before, lost);
        } else {
            checkBounds(lost ? 0 : healthyBefore, liveBefore);
        }
        checkAlways();
        return true;
    }

    /** What the loop has the intent made. */
    private static ByteString broughtBack(Decision.RollBack back) {
        Service failed = back.service();
        return Records.bytes(failed.deploying(
                back.target().taskDefinition(),
                new Origin(
                        Origin.Kind.CIRCUIT_BREAKER,
                        failed.generation(),
                        back.target().generation())));
    }

    private void start(Decision.Start start, Capacity capacity, Map<String, Optional<ByteString>> changes) {
        TaskDefinitionRevision definition = definition(start.deployment());
        PlacementRequest request = PlacementRequest.of(start.service(), start.deployment(), definition, start.count());
        started(start.deployment(), Placer.place(capacity, request, start.replaced()), changes);
    }

    private void start(Decision.StartOn start, Capacity capacity, Map<String, Optional<ByteString>> changes) {
        List<ContainerInstance> hosts = start.instanceIds().stream()
                .map(id -> state.instance(id).orElseThrow())
                .toList();
        PlacementRequest request =
                PlacementRequest.of(start.service(), start.deployment(), definition(start.deployment()), start.most());
        started(start.deployment(), Placer.placeOnEach(capacity, hosts, request), changes);
    }

    private TaskDefinitionRevision definition(Deployment deployment) {
        return state.taskDefinition(deployment.taskDefinition()).orElseThrow();
    }

    private void started(Deployment deployment, Placement placement, Map<String, Optional<ByteString>> changes) {
        TaskDefinitionRevision definition = definition(deployment);
        long ordinal = deployment.nextOrdinal();
        for (String instance : placement.instanceIds()) {
            put(
                    changes,
                    new Task(
                            deployment.taskId(ordinal++),
                            CLUSTER,
                            deployment.taskDefinition(),
                            instance,
                            "service:web",
                            deployment.id(),
                            UID,
                            deployment.generation(),
                            false,
                            TaskStatus.PENDING,
                            1,
                            0,
                            "",
                            "",
                            List.of(),
                            Task.Times.created(millis()),
                            TaskOverride.getDefaultInstance(),
                            definition.demand(),
                            Task.Marks.NONE));
        }
        if (ordinal != deployment.nextOrdinal()) {
            put(changes, deployment.numbered(ordinal, millis()));
        }
        placement.explanation().ifPresent(e -> {
            Waiting waiting = new Waiting(CLUSTER, UID, e.message(0));
            if (!state.waiting(UID).equals(Optional.of(waiting))) {
                changes.put(Keys.explanation(CLUSTER, UID), Optional.of(Records.bytes(waiting)));
            }
        });
    }

    private static void put(Map<String, Optional<ByteString>> changes, Deployment deployment) {
        changes.put(Keys.deployment(CLUSTER, UID, deployment.generation()), Optional.of(Records.bytes(deployment)));
    }

    private static void put(Map<String, Optional<ByteString>> changes, Task task) {
        changes.put(Keys.task(CLUSTER, task.id()), Optional.of(Records.bytes(task)));
    }

    private void put(String key, ByteString value) {
        commit(new TreeMap<>(Map.of(key, Optional.of(value))));
    }

    private void commit(Map<String, Optional<ByteString>> changes) {
        long revision = state.revision() + 1;
        List<StoreEvent> events = new ArrayList<>();
        changes.forEach((key, value) -> events.add(
                value.isPresent()
                        ? new StoreEvent.Put(new Entry(key, value.get(), revision, revision))
                        : new StoreEvent.Deleted(key)));
        ClusterState before = state;
        state = state.with(new Batch(revision, events));
        for (Task task : tasksNow()) {
            boolean wasThere = before.task(task.id()).filter(t -> !t.stopped()).isPresent();
            if (task.stopped() && wasThere && RestartThrottle.failedToComeUp(task, SETTINGS)) {
                failedAt = failedAt.plus(task.startedBy(), nanos);
            }
        }
    }

    // What must always hold.

    private void checkProtection(Decision decision) {
        if (decision instanceof Decision.Stop stop && !service().deleted()) {
            assertThat(Graded.of(stop.task(), service(), new Facts(state, moment(), SETTINGS)))
                    .as("a protected, healthy task is not stopped")
                    .matches(g -> !g.shielded());
        }
    }

    private void checkDaemon(ClusterState before, boolean lost) {
        assertThat(tasks())
                .as("a daemon is never twice on a host, also not while the first one stops")
                .extracting(Task::instanceId)
                .doesNotHaveDuplicates();
        DaemonHosts hosts = DaemonHosts.of(before, service());
        long minimum = service().counting(hosts.wanted().size()).minimumHealthy();
        assertThat(healthyOn(state, hosts))
                .as("healthy daemons never fall below the minimum by our own action")
                .isGreaterThanOrEqualTo(lost ? 0 : Math.min(healthyOn(before, hosts), minimum));
    }

    private long healthyOn(ClusterState of, DaemonHosts hosts) {
        Facts facts = new Facts(of, moment(), SETTINGS);
        return of.tasksOfService(UID).stream()
                .filter(t -> t.live() && hosts.wanted().contains(t.instanceId()))
                .filter(t -> Graded.of(t, service(), facts).healthy())
                .count();
    }

    private void checkBounds(int healthyBefore, int liveBefore) {
        assertThat(healthy())
                .as("healthy tasks never fall below the minimum by our own action")
                .isGreaterThanOrEqualTo(Math.min(healthyBefore, service().minimumHealthy()));
        assertThat(live().size())
                .as("live tasks never rise above the maximum by our own action")
                .isLessThanOrEqualTo(Math.max(liveBefore, service().maximum()));
    }

    private void checkAlways() {
        assertThat(state.quarantined()).isEmpty();
        for (ContainerInstance host : state.instances()) {
            Usage usage = state.usage(host.id());
            assertThat(usage.memory()).as("no host is over-committed").isLessThanOrEqualTo(host.memory());
            assertThat(usage.cpu()).as("no host is over-committed").isLessThanOrEqualTo(host.cpu());
            assertThat(usage.tcpPorts().values())
                    .as("no port is given out twice")
                    .allMatch(n -> n == 1);
        }
    }

    // What a test asks.

    private List<Task> tasksNow() {
        return state.tasksOfService(UID);
    }

    /** Tasks that have not stopped, by creation, then by id. */
    List<Task> tasks() {
        return tasksNow().stream().filter(t -> !t.stopped()).toList();
    }

    List<Task> live() {
        return tasksNow().stream().filter(Task::live).toList();
    }

    List<Task> live(long generation) {
        return live().stream().filter(t -> t.generation() == generation).toList();
    }

    int healthy() {
        Facts facts = new Facts(state, moment(), SETTINGS);
        return (int) live().stream()
                .filter(t -> Graded.of(t, service(), facts).grade() == Grade.HEALTHY)
                .count();
    }

    Deployment deployment(long generation) {
        return state.deployment(UID, generation).orElseThrow();
    }

    List<Long> generations() {
        return state.deployments(UID).stream().map(Deployment::generation).toList();
    }

    List<String> events() {
        return state.events(UID).stream().map(ServiceEvent::message).toList();
    }

    /** What was decided since this was last asked. */
    List<Decision> decided() {
        List<Decision> result = List.copyOf(decided);
        decided.clear();
        return result;
    }
}
