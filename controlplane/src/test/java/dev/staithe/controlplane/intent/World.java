package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.secrets.TestKeys;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.memory.MemoryStore;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.runtime.Environment;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** A store in memory, with what a leader would have written put there by hand. */
public final class World {
    public final ManualEnvironment manual = new ManualEnvironment();
    public final Environment environment = manual.environment();
    public final FaultyStore store = new FaultyStore(new MemoryStore(manual.time(), manual.loop("store")));
    public final Clusters clusters = new Clusters(store, environment);
    public final TaskDefinitions definitions = new TaskDefinitions(store, environment);
    public final Services services = new Services(store, environment);
    public final Hosts hosts = new Hosts(store);
    public final HostAttributes hostAttributes = new HostAttributes(store);
    public final Secrets secrets = new Secrets(store, environment, TestKeys.ONE);
    public final Roles roles = new Roles(store, environment, TestKeys.ONE, new TreeSet<>(List.of("vault")));

    private volatile ClusterState state = ClusterState.EMPTY;

    /** A world with the default cluster. */
    public static World withDefaultCluster() throws IntentException {
        World world = new World();
        world.clusters.ensureDefault();
        return world;
    }

    /** A world with hosts, two services, a task of each, and nothing else to be desired. */
    public static World furnished() throws IntentException {
        World world = withDefaultCluster();
        world.put(instance("1".repeat(32), "default", "host-a"));
        world.put(instance("2".repeat(32), "default", "host-b"));
        world.hostAttributes.put(
                List.of(new HostAttributes.Wanted(instance("1".repeat(32), "default", "host-a"), "disk", "ssd")));
        Service web = world.created("web", 2);
        Service api = world.created("api", 1);
        world.put(deployment(web, web.generation(), 1, Deployment.Rollout.COMPLETED));
        world.put(task(web, "7".repeat(32), TaskStatus.RUNNING));
        world.put(deployment(api, api.generation(), 1, Deployment.Rollout.IN_PROGRESS));
        world.put(task(api, "8".repeat(32), TaskStatus.PENDING));
        return world;
    }

    /** As the store has it. */
    public ClusterState state() {
        try {
            Snapshot snapshot = store.load();
            if (snapshot.revision() != state.revision()) {
                state = ClusterState.of(snapshot);
            }
            return state;
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    /** By digest: nobody has to find out what it is before a deployment has more than one task. */
    public static final String IMAGE = "localhost/app@sha256:" + "0".repeat(64);

    /** A definition with one container, which is valid. */
    public static TaskDefinition definition(String family) {
        return TaskDefinition.newBuilder()
                .setFamily(family)
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("main")
                        .setImage(IMAGE)
                        .setMemory(32))
                .build();
    }

    public static CreateServiceRequest service(String name, String taskDefinition, int desiredCount) {
        return CreateServiceRequest.newBuilder()
                .setServiceName(name)
                .setTaskDefinition(taskDefinition)
                .setDesiredCount(desiredCount)
                .build();
    }

    /** The service, of a family of its own name, as just created. */
    public Service created(String name, int desiredCount) throws IntentException {
        definitions.register(definition(name));
        return services.create(service(name, name, desiredCount), state()).value();
    }

    public void put(Deployment deployment) {
        put(
                Keys.deployment(deployment.cluster(), deployment.serviceUid(), deployment.generation()),
                Records.bytes(deployment));
    }

    public void put(Task task) {
        put(Keys.task(task.cluster(), task.id()), Records.bytes(task));
    }

    public void put(UsedToken token) {
        put(Keys.token(token.cluster(), token.seed()), Records.bytes(token));
    }

    public void put(ServiceEvent event) {
        put(Keys.event(event.cluster(), event.serviceUid(), event.number()), Records.bytes(event));
    }

    public void put(ContainerInstance instance) {
        put(Keys.instance(instance.cluster(), instance.id()), Records.bytes(instance));
    }

    public static Deployment deployment(Service service, long generation, int revision, Deployment.Rollout rollout) {
        return new Deployment(
                service.cluster(),
                service.uid(),
                service.name(),
                generation,
                new TaskDefinitionRef(service.taskDefinition().family(), revision),
                Origin.CREATED,
                1,
                1,
                new Deployment.Outcome(rollout, "", 0, 0),
                1,
                Deployment.Failures.NONE,
                service.desiredCount(),
                new TreeMap<>());
    }

    public static Task task(Service service, String id, TaskStatus status) {
        return new Task(
                id,
                service.cluster(),
                service.taskDefinition(),
                "1".repeat(32),
                "service:" + service.name(),
                Deployment.id(service.uid(), service.generation()),
                service.uid(),
                service.generation(),
                status == TaskStatus.STOPPING || status == TaskStatus.STOPPED,
                status,
                1,
                1,
                "",
                "",
                List.of(),
                Task.Times.created(1),
                TaskOverride.getDefaultInstance(),
                Demand.of(definition(service.taskDefinition().family())),
                Task.Marks.NONE);
    }

    public static ContainerInstance instance(String id, String cluster, String hostName) {
        return new ContainerInstance(
                id,
                cluster,
                hostName,
                "127.0.0.1",
                2048,
                4096,
                new TreeSet<>(List.of(22)),
                new TreeSet<>(),
                new TreeMap<>(),
                "0.1.0",
                "20.10.24",
                1,
                "boot",
                1,
                true,
                true,
                1,
                List.of(),
                HostWish.NONE);
    }

    private void put(String key, com.google.protobuf.ByteString value) {
        Store real = store;
        CommitResult result = real.commit(new Txn(List.of(), List.of(new Mutation.Put(key, value))));
        if (!(result instanceof CommitResult.Committed)) {
            throw new AssertionError(result);
        }
    }
}
