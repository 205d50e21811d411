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
import dev.staithe.proto.v1.ResourceRequirement;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

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
        return host(id, cpu, memory, attributes, 0);
    }

    Fleet host(String id, long cpu, long memory, Map<String, String> attributes, int gpus) {
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
                IntStream.range(0, gpus).mapToObj(g -> "gpu-" + g).toList(),
                HostWish.NONE));
    }

    Fleet connected(String id, boolean agent, boolean engine) {
        return put(instance(id).connected(agent, engine));
    }

    Fleet status(String id, ContainerInstance.Status status) {
        long gone = status == ContainerInstance.Status.INACTIVE ? instance(id).incarnation() : 0;
        HostWish wish = HostWish.NONE.deregister(gone).drain(status == ContainerInstance.Status.DRAINING);
        return put(Keys.host(CLUSTER, id), Records.bytes(CLUSTER, id, wish));
    }

    /** Drained or not, whether or not it is known. */
    Fleet status(String id, boolean draining) {
        return put(Keys.host(CLUSTER, id), Records.bytes(CLUSTER, id, HostWish.NONE.drain(draining)));
    }

    /** One that changes apart from this. */
    Fleet copy() {
        Fleet copy = new Fleet();
        copy.state = state;
        copy.tasks = tasks;
        copy.definitions = definitions;
        return copy;
    }

    ContainerInstance instance(String id) {
        return state.instance(id).orElseThrow();
    }

    Fleet remove(String id) {
        long revision = state.revision() + 1;
        state = state.with(new Batch(revision, List.of(new StoreEvent.Deleted(Keys.instance(CLUSTER, id)))));
        return this;
    }

    /** A task of that group on the host. */
    Fleet task(String host, String group, TaskStatus status, TaskDefinition spec) {
        TaskDefinitionRef ref = new TaskDefinitionRef("family", ++definitions);
        return task(host, group, status, ref, spec);
    }

    private Fleet task(String host, String group, TaskStatus status, TaskDefinitionRef ref, TaskDefinition spec) {
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

    /** Small figures, so that hosts fill up and figures are equal now and then. */
    static TaskDefinition randomSpec(Random random) {
        TaskDefinition plain = spec(
                64 * random.nextInt(16),
                128 * (1 + random.nextInt(8)),
                random.nextInt(4) == 0 ? new int[] {8080 + random.nextInt(3)} : new int[0]);
        ContainerDefinition.Builder container = plain.getContainerDefinitions(0).toBuilder();
        if (random.nextInt(8) == 0) {
            container.addPortMappings(PortMapping.newBuilder()
                    .setContainerPort(5353)
                    .setHostPort(53 + random.nextInt(2))
                    .setProtocol("udp"));
        }
        if (random.nextInt(8) == 0) {
            container.addResourceRequirements(
                    ResourceRequirement.newBuilder().setType("GPU").setValue(Integer.toString(1 + random.nextInt(2))));
        }
        return plain.toBuilder().setContainerDefinitions(0, container).build();
    }

    static Demand randomDemand(Random random) {
        Demand demand = Demand.of(randomSpec(random));
        return random.nextInt(8) == 0 ? withAttribute(demand, "stack", random.nextBoolean() ? "" : "prod") : demand;
    }

    /** Hosts of two zones, a few racks, some of them out of service, with tasks of three services. */
    static Fleet random(Random random, int mostHosts) {
        Fleet fleet = new Fleet();
        int hosts = random.nextInt(mostHosts + 1);
        for (int i = 0; i < hosts; i++) {
            fleet.randomHost(random, "h" + i);
            for (int t = random.nextInt(4); t > 0; t--) {
                fleet.randomTask(random, "h" + i);
            }
        }
        return fleet;
    }

    void randomHost(Random random, String id) {
        Map<String, String> attributes = new TreeMap<>();
        if (random.nextInt(5) > 0) {
            attributes.put("ecs.availability-zone", random.nextBoolean() ? "a" : "b");
        }
        if (random.nextInt(3) > 0) {
            attributes.put("rack", Integer.toString(random.nextInt(3)));
        }
        if (random.nextInt(3) > 0) {
            attributes.put("stack", random.nextInt(3) > 0 ? "prod" : "test");
        }
        host(
                id,
                1024L * (1 + random.nextInt(3)),
                1024L * (1 + random.nextInt(4)),
                attributes,
                random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0);
        if (random.nextInt(8) == 0) {
            connected(id, random.nextBoolean(), random.nextBoolean());
        }
        if (random.nextInt(8) == 0) {
            ContainerInstance.Status[] all = ContainerInstance.Status.values();
            status(id, all[random.nextInt(all.length)]);
        }
    }

    void randomTask(Random random, String host) {
        TaskStatus[] all = TaskStatus.values();
        task(host, "service:" + "abc".charAt(random.nextInt(3)), all[random.nextInt(all.length)], randomSpec(random));
    }

    static Demand withAttribute(Demand demand, String name, String value) {
        return new Demand(
                demand.cpu(),
                demand.memory(),
                demand.tcpPorts(),
                demand.udpPorts(),
                new TreeMap<>(Map.of(name, value)),
                demand.gpus());
    }

    /** The task ends. */
    Fleet stop(Task task) {
        return put(Keys.task(CLUSTER, task.id()), Records.bytes(task.lost("", "", 0)));
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
