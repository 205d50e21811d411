package dev.staithe.controlplane.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.memory.MemoryStore;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.PlacementExplanation;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterStateTest {
    private static final TaskDefinition SPEC = World.definition("app");
    private static final TaskDefinitionRef REF = new TaskDefinitionRef("app", 1);
    private static final List<String> UIDS = List.of("web-1", "web-2", "db-1");
    private static final List<String> INSTANCES = List.of("i0", "i1");

    private final ManualEnvironment manual = new ManualEnvironment();
    private final MemoryStore store = new MemoryStore(manual.time(), manual.loop("store"));

    /** However it came about, a state says of one revision what every other state of that revision says. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStateThatFollowedEqualsOneThatWasLoaded(long seed) throws StoreException {
        SplittableRandom random = new SplittableRandom(seed);
        Recorder feed = new Recorder();
        write(put(Keys.taskDefinition("app", 1), Records.bytes(definition())));
        ClusterState followed = ClusterState.of(store.load());
        store.follow(followed.revision(), feed);

        for (int i = 0; i < 400; i++) {
            write(random.nextInt(8) == 0 ? unreadable(random) : change(random));
            manual.run();
            for (Batch batch = feed.batches.poll(); batch != null; batch = feed.batches.poll()) {
                followed = followed.with(batch);
            }
            ClusterState loaded = ClusterState.of(store.load());
            assertThat(describe(followed)).as("seed %d, change %d", seed, i).isEqualTo(describe(loaded));
            for (String instance : INSTANCES) {
                assertThat(followed.usage(instance)).isEqualTo(recomputed(followed, instance));
            }
        }
    }

    @Test
    void aChangeLeavesEarlierStatesAsTheyWere() throws StoreException {
        write(put(Keys.taskDefinition("app", 1), Records.bytes(definition())));
        write(put(Keys.task("default", "t"), Records.bytes(task("t", "web-1", "i0", TaskStatus.RUNNING))));
        ClusterState before = ClusterState.of(store.load());

        ClusterState after = before.with(
                new Batch(before.revision() + 1, List.of(new StoreEvent.Deleted(Keys.task("default", "t")))));

        assertThat(before.task("t")).isPresent();
        assertThat(before.usage("i0").tasks()).isEqualTo(1);
        assertThat(after.task("t")).isEmpty();
        assertThat(after.usage("i0")).isEqualTo(Usage.NONE);
        assertThat(after.revisionOf(Keys.task("default", "t"))).isZero();
    }

    @Test
    void aRecordThatBecomesUnreadableIsLeftOutAndNamedUntilItIsReadableAgain() throws StoreException {
        String key = Keys.instance("default", "i0");
        write(put(key, Records.bytes(World.instance("i0", "default", "host"))));
        write(put(key, ByteString.copyFromUtf8("garbage")));
        ClusterState broken = ClusterState.of(store.load());
        assertThat(broken.instances()).isEmpty();
        assertThat(broken.quarantined()).containsOnlyKeys(key);
        assertThat(broken.revisionOf(key)).isEqualTo(broken.revision());

        write(put(key, Records.bytes(World.instance("i0", "default", "host"))));

        ClusterState mended = ClusterState.of(store.load());
        assertThat(mended.instance("i0")).isPresent();
        assertThat(mended.quarantined()).isEmpty();
    }

    @Test
    void aTaskWithoutItsDefinitionIsQuarantined() throws StoreException {
        write(put(Keys.task("default", "t"), Records.bytes(task("t", "web-1", "i0", TaskStatus.RUNNING))));

        assertThat(ClusterState.of(store.load()).quarantined())
                .containsEntry(Keys.task("default", "t"), "task definition app:1 is missing");
    }

    @Test
    void keysOfNoKindDoNoHarmWhenTheyComeOrGo() throws StoreException {
        List<String> foreign = List.of(
                Keys.ROOT + "x",
                Keys.RUN + "x",
                Keys.RUN + "deployment/default/nodot",
                Keys.RUN + "event/default/web.x",
                Keys.INTENT + "service/nocluster");
        for (String key : foreign) {
            write(put(key, ByteString.copyFromUtf8("x")));
        }
        ClusterState state = ClusterState.of(store.load());
        assertThat(state.quarantined().keySet()).containsExactlyInAnyOrderElementsOf(foreign);

        for (String key : foreign) {
            state = state.with(new Batch(state.revision() + 1, List.of(new StoreEvent.Deleted(key))));
        }

        assertThat(state.quarantined()).isEmpty();
    }

    @Test
    void namesWhatIsLeftOfAServiceWhoseNameWasGivenAway() throws StoreException {
        write(put(Keys.taskDefinition("app", 1), Records.bytes(definition())));
        write(put(Keys.service("default", "web"), Records.bytes(service("web", "web-1"))));
        write(put(Keys.task("default", "t"), Records.bytes(task("t", "web-1", "i0", TaskStatus.STOPPED))));
        write(put(Keys.service("default", "web"), Records.bytes(service("web", "web-2"))));

        ClusterState state = ClusterState.of(store.load());

        assertThat(state.serviceByUid("web-1")).isEmpty();
        assertThat(state.serviceUids()).containsExactly("web-1", "web-2");
    }

    private Mutation change(SplittableRandom random) {
        String uid = UIDS.get(random.nextInt(UIDS.size()));
        String name = uid.substring(0, uid.indexOf('-'));
        String task = "t" + random.nextInt(6);
        String instance = INSTANCES.get(random.nextInt(INSTANCES.size()));
        int number = 1 + random.nextInt(3);
        boolean delete = random.nextInt(4) == 0;
        return switch (random.nextInt(6)) {
            case 0 -> either(delete, Keys.service("default", name), Records.bytes(service(name, uid)));
            case 1 ->
                either(
                        delete,
                        Keys.task("default", task),
                        Records.bytes(task(
                                task,
                                random.nextBoolean() ? uid : "",
                                instance,
                                List.of(TaskStatus.values()).get(random.nextInt(4)))));
            case 2 ->
                either(
                        delete,
                        Keys.deployment("default", uid, number),
                        Records.bytes(World.deployment(
                                service(name, uid),
                                number,
                                1,
                                List.of(Deployment.Rollout.values()).get(random.nextInt(3)))));
            case 3 ->
                either(
                        delete,
                        Keys.event("default", uid, number),
                        Records.bytes(
                                new ServiceEvent("id", "default", uid, number, random.nextInt(9), "text", "cause")));
            case 4 ->
                either(
                        delete,
                        Keys.instance("default", instance),
                        Records.bytes(World.instance(instance, "default", "host")
                                .connected(random.nextBoolean(), random.nextBoolean())));
            default ->
                either(
                        delete,
                        Keys.explanation("default", uid),
                        Records.bytes(new Waiting(
                                "default",
                                uid,
                                PlacementExplanation.newBuilder()
                                        .setWaitingCount(number)
                                        .build())));
        };
    }

    /** Garbage, or a good record at the wrong key. */
    private static Mutation unreadable(SplittableRandom random) {
        String uid = UIDS.get(random.nextInt(UIDS.size()));
        return switch (random.nextInt(5)) {
            case 0 -> put(Keys.task("default", "t" + random.nextInt(6)), ByteString.copyFromUtf8("\u0001garbage"));
            case 1 -> put(Keys.deployment("default", uid, 1), ByteString.copyFromUtf8("garbage"));
            case 2 -> put(Keys.instance("default", "i0"), Records.bytes(World.instance("i1", "default", "host")));
            case 3 -> put(Keys.service("default", "web"), Records.bytes(service("db", "db-1")));
            default -> put(Keys.event("default", uid, 2), ByteString.EMPTY);
        };
    }

    private static Mutation either(boolean delete, String key, ByteString value) {
        return delete ? new Mutation.Delete(key) : put(key, value);
    }

    private static Mutation put(String key, ByteString value) {
        return new Mutation.Put(key, value);
    }

    private void write(Mutation mutation) {
        assertThat(store.commit(new Txn(List.of(), List.of(mutation)))).isInstanceOf(CommitResult.Committed.class);
    }

    private static List<String> describe(ClusterState state) {
        List<String> lines = new ArrayList<>();
        lines.add("revision " + state.revision());
        lines.add("services " + state.services());
        lines.add("uids " + state.serviceUids());
        lines.add("tasks " + state.tasks());
        lines.add("instances " + state.instances());
        lines.add("waiting " + state.allWaiting());
        lines.add("quarantined " + state.quarantined());
        for (String uid : UIDS) {
            lines.add(uid + " " + state.serviceByUid(uid) + state.deployments(uid) + state.events(uid)
                    + state.newestEvent(uid)
                    + state.waiting(uid)
                    + ids(state.tasksOfService(uid)));
        }
        for (String instance : INSTANCES) {
            lines.add(instance + ids(state.tasksOfInstance(instance)) + state.usage(instance));
        }
        state.tasks().forEach(t -> lines.add(t.id() + " at " + state.revisionOf(t)));
        return lines;
    }

    private static String ids(List<Task> tasks) {
        return tasks.stream().map(Task::id).collect(Collectors.joining(",", "[", "]"));
    }

    private static Usage recomputed(ClusterState state, String instance) {
        Usage usage = Usage.NONE;
        for (Task task : state.tasks()) {
            if (task.instanceId().equals(instance) && !task.stopped()) {
                usage = usage.plus(task.demand());
            }
        }
        return usage;
    }

    private static TaskDefinitionRevision definition() {
        return new TaskDefinitionRevision(REF, SPEC, 1, 0, Demand.of(SPEC));
    }

    private static Service service(String name, String uid) {
        return new Service(
                uid,
                "default",
                name,
                REF,
                1,
                DeploymentConfiguration.getDefaultInstance(),
                1,
                1,
                false,
                "",
                0,
                List.of(),
                Scheduling.REPLICA,
                Origin.CREATED,
                0);
    }

    private static Task task(String id, String uid, String instance, TaskStatus status) {
        return new Task(
                id,
                "default",
                REF,
                instance,
                "group",
                "",
                uid,
                1,
                false,
                status,
                1,
                1,
                "",
                "",
                List.of(),
                Task.Times.created(1),
                TaskOverride.getDefaultInstance(),
                Demand.of(SPEC),
                Task.Marks.NONE);
    }
}
