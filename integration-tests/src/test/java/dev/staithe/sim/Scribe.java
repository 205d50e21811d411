package dev.staithe.sim;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Service;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes into the truth of a simulation what nobody should write, for tests that see whether somebody notices. */
final class Scribe {
    static final String HOST = "0123456789abcdef0123456789abcdef";
    static final String OTHER_HOST = "fedcba9876543210fedcba9876543210";
    static final TaskDefinitionRef DEFINITION = new TaskDefinitionRef("web", 1);
    static final String TASK = "11111111111111111111111111111111";

    private final Simulation simulation = new Simulation(1, 1, 2);
    private final SimTruth truth = simulation.truth();

    /** Lets virtual time pass. */
    void pass(Duration time) {
        simulation.scheduler().run(time);
    }

    SimTruth truth() {
        return truth;
    }

    /** Somebody leads, and the definition of the task is there. */
    long elect() {
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

    void lead(long epoch, Mutation... mutations) {
        List<Mutation> all = new ArrayList<>(List.of(mutations));
        all.add(sequence());
        write(List.of(new Guard.Held(Keys.LEADER, epoch)), all);
    }

    void write(List<Guard> guards, List<Mutation> mutations) {
        truth.commit(new SimTruth.Writer("cp-1#1", new Txn(guards, mutations)));
    }

    static Mutation sequence() {
        return new Mutation.Put(Keys.SEQUENCE, ByteString.EMPTY);
    }

    static Mutation put(ContainerInstance instance) {
        return new Mutation.Put(Keys.instance(instance.cluster(), instance.id()), Records.bytes(instance));
    }

    static Mutation put(Service service) {
        return new Mutation.Put(Keys.service(service.cluster(), service.name()), Records.bytes(service));
    }

    static Mutation put(Task task) {
        return new Mutation.Put(Keys.task(task.cluster(), task.id()), Records.bytes(task));
    }

    static ContainerInstance instance(String id, long memory) {
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

    static Task task(String instance, TaskStatus status, boolean stopWanted, long version) {
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
