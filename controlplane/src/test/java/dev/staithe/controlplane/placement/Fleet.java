package dev.staithe.controlplane.placement;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Hosts and what runs on them, for tests of placement. */
final class Fleet {
    static final String CLUSTER = "default";

    private ClusterState state = ClusterState.EMPTY;
    private int tasks;
    private int definitions;

    ClusterState state() {
        return state;
    }

    Capacity capacity() {
        return Capacity.of(state);
    }

    /** A host of 4096 CPU units with port 22 reserved. */
    Fleet host(String id, long memory) {
        return host(id, 4096, memory, Map.of("ecs.cpu-architecture", "x86_64"));
    }

    Fleet host(String id, long cpu, long memory, Map<String, String> attributes) {
        return put(new ContainerInstance(
                id,
                CLUSTER,
                id + ".example",
                "127.0.0.1",
                cpu,
                memory,
                new TreeSet<>(List.of(22)),
                new TreeSet<>(List.of(53)),
                new TreeMap<>(attributes),
                "1",
                "20.10",
                1,
                "boot",
                0,
                true,
                true,
                1,
                List.of(),
                HostWish.NONE));
    }

    Fleet connected(String id, boolean agent, boolean engine) {
        return put(instance(id).connected(agent, engine));
    }

    Fleet status(String id, ContainerInstance.Status status) {
        HostWish wish = HostWish.NONE
                .drain(status == ContainerInstance.Status.DRAINING)
                .deregister(
                        status == ContainerInstance.Status.INACTIVE
                                ? instance(id).incarnation()
                                : 0);
        return put(Keys.host(CLUSTER, id), Records.bytes(CLUSTER, id, wish));
    }

    ContainerInstance instance(String id) {
        return state.instance(id).orElseThrow();
    }

    /** A task of that group on the host. */
    Fleet task(String host, String group, TaskStatus status, TaskDefinition spec) {
        TaskDefinitionRef ref = new TaskDefinitionRef("family", ++definitions);
        Demand demand = Demand.of(spec);
        put(
                Keys.taskDefinition("family", definitions),
                Records.bytes(new TaskDefinitionRevision(
                        ref, spec.toBuilder().setFamily("family").build(), 0, 0, demand)));
        Task task = new Task(
                "task-" + ++tasks,
                CLUSTER,
                ref,
                host,
                group,
                "",
                "",
                0,
                false,
                status,
                1,
                0,
                "",
                "",
                List.of(),
                Task.Times.created(0),
                TaskOverride.getDefaultInstance(),
                demand,
                Task.Marks.NONE);
        return put(Keys.task(CLUSTER, task.id()), Records.bytes(task));
    }

    static TaskDefinition spec(int cpu, int memory, int... tcpPorts) {
        ContainerDefinition.Builder container =
                ContainerDefinition.newBuilder().setName("main").setCpu(cpu).setMemory(memory);
        for (int port : tcpPorts) {
            container.addPortMappings(
                    PortMapping.newBuilder().setContainerPort(80).setHostPort(port));
        }
        return TaskDefinition.newBuilder().addContainerDefinitions(container).build();
    }

    static Demand demand(int cpu, int memory, int... tcpPorts) {
        return Demand.of(spec(cpu, memory, tcpPorts));
    }

    static Demand withAttribute(Demand demand, String name, String value) {
        return new Demand(
                demand.cpu(),
                demand.memory(),
                demand.tcpPorts(),
                demand.udpPorts(),
                new TreeMap<>(Map.of(name, value)),
                0);
    }

    private Fleet put(ContainerInstance instance) {
        return put(Keys.instance(CLUSTER, instance.id()), Records.bytes(instance));
    }

    private Fleet put(String key, ByteString value) {
        long revision = state.revision() + 1;
        state = state.with(new Batch(revision, List.of(new StoreEvent.Put(new Entry(key, value, revision, revision)))));
        return this;
    }
}
