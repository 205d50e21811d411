package dev.staithe.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each invariant sees what it is there to see: a check that never fails is none. */
final class InvariantsTest {
    private static final String HOST = "0123456789abcdef0123456789abcdef";
    private static final String OTHER_HOST = "fedcba9876543210fedcba9876543210";
    private static final TaskDefinitionRef DEFINITION = new TaskDefinitionRef("web", 1);
    private static final String TASK = "11111111111111111111111111111111";

    private final Simulation simulation = new Simulation(1, 1, 2);
    private final SimTruth truth = simulation.truth();

    @Test
    void seesARunKeyWrittenWithoutAFence() {
        elect();

        assertBroken("S1", () -> write(List.of(), List.of(sequence())));
    }

    @Test
    void seesARunKeyWrittenWhileNobodyLeads() {
        assertBroken("S1", () -> write(List.of(), List.of(sequence())));
    }

    @Test
    void seesALeaderThatWritesAnIntent() {
        long epoch = elect();

        assertBroken(
                "S7",
                () -> write(
                        List.of(new Guard.Held(Keys.LEADER, epoch)),
                        List.of(new Mutation.Put(Keys.cluster("default"), ByteString.EMPTY))));
    }

    @Test
    void seesATaskOnAHostThatHasNoRoomForIt() {
        long epoch = elect();
        lead(epoch, put(instance(HOST, 100)));

        assertBroken("S7", () -> lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 1))));
    }

    @Test
    void seesATaskThatMoves() {
        long epoch = elect();
        lead(epoch, put(instance(HOST, 1000)), put(instance(OTHER_HOST, 1000)));
        lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 1)));

        assertBroken("S3", () -> lead(epoch, put(task(OTHER_HOST, TaskStatus.PENDING, false, 2))));
    }

    @Test
    void seesATaskThatIsWantedAgainAfterItsStop() {
        long epoch = elect();
        lead(epoch, put(instance(HOST, 1000)));
        lead(epoch, put(task(HOST, TaskStatus.RUNNING, true, 1)));

        assertBroken("S4", () -> lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 2))));
    }

    @Test
    void seesATaskThatGoesBack() {
        long epoch = elect();
        lead(epoch, put(instance(HOST, 1000)));
        lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 1)));

        assertBroken("S4", () -> lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 2))));
    }

    @Test
    void seesATaskThatIsForgottenWhileItRuns() {
        long epoch = elect();
        lead(epoch, put(instance(HOST, 1000)));
        lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 1)));

        assertBroken("S4", () -> lead(epoch, new Mutation.Delete(Keys.task("default", TASK))));
    }

    private static void assertBroken(String invariant, Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(SimulationFailure.class).hasMessageStartingWith(invariant);
    }

    /** Somebody leads, and the definition of the task is there. */
    private long elect() {
        TaskDefinition spec = TaskDefinition.newBuilder()
                .setFamily("web")
                .addContainerDefinitions(
                        ContainerDefinition.newBuilder().setName("web").setMemory(500))
                .build();
        TaskDefinitionRevision revision = new TaskDefinitionRevision(DEFINITION, spec, 0, 0, Demand.of(spec));
        write(List.of(), List.of(new Mutation.Put(Keys.taskDefinition("web", 1), Records.bytes(revision))));
        write(List.of(), List.of(new Mutation.Put(Keys.LEADER, ByteString.EMPTY)));
        return truth.leader().orElseThrow().created();
    }

    private void lead(long epoch, Mutation... mutations) {
        List<Mutation> all = new ArrayList<>(List.of(mutations));
        all.add(sequence());
        write(List.of(new Guard.Held(Keys.LEADER, epoch)), all);
    }

    private void write(List<Guard> guards, List<Mutation> mutations) {
        truth.commit(new SimTruth.Writer("test", new Txn(guards, mutations)));
    }

    private static Mutation sequence() {
        return new Mutation.Put(Keys.SEQUENCE, ByteString.EMPTY);
    }

    private static Mutation put(ContainerInstance instance) {
        return new Mutation.Put(Keys.instance(instance.cluster(), instance.id()), Records.bytes(instance));
    }

    private static Mutation put(Task task) {
        return new Mutation.Put(Keys.task(task.cluster(), task.id()), Records.bytes(task));
    }

    private static ContainerInstance instance(String id, long memory) {
        return new ContainerInstance(
                id,
                "default",
                "host",
                "host",
                4096,
                memory,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeMap<>(),
                "1",
                "26",
                1,
                "boot",
                0,
                true,
                true,
                1,
                List.of(),
                HostWish.NONE);
    }

    private static Task task(String instance, TaskStatus status, boolean stopWanted, long version) {
        return new Task(
                TASK,
                "default",
                DEFINITION,
                instance,
                "family:web",
                "",
                "",
                0,
                stopWanted,
                status,
                version,
                0,
                "",
                "",
                List.of(),
                Task.Times.created(0),
                TaskOverride.getDefaultInstance(),
                new Demand(0, 500, new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), 0),
                Task.Marks.NONE);
    }
}
