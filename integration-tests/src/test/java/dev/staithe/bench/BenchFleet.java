package dev.staithe.bench;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Rules;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.runtime.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A large cluster: hosts of 16 cores and 64 GiB in three zones, a quarter of them of each of four stacks, and tasks that run
 * on them, in services of 100. Always the same one.
 */
public final class BenchFleet {
    public static final String CLUSTER = "default";
    public static final TaskDefinitionRef DEFINITION = new TaskDefinitionRef("web", 1);

    private static final int STACKS = 4;
    private static final int SERVICE = 100;
    private static final int BATCH = 1000;

    private BenchFleet() {}

    /** The definition of every task: a tenth of a core and 256 MiB. */
    public static TaskDefinition definition() {
        return TaskDefinition.newBuilder()
                .setFamily(DEFINITION.family())
                .setRevision(DEFINITION.revision())
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setVersionConsistency("disabled")
                        .setName("main")
                        .setImage("web")
                        .setCpu(64)
                        .setMemory(256))
                .build();
    }

    /** A cluster with so many hosts, on which so many tasks run, wherever chance put them. */
    public static ClusterState state(int hosts, int tasks) {
        Demand demand = Demand.of(definition());
        List<StoreEvent> events = new ArrayList<>();
        events.add(event(
                Keys.taskDefinition(DEFINITION.family(), DEFINITION.revision()),
                Records.bytes(new TaskDefinitionRevision(DEFINITION, definition(), 0, 0, demand)),
                1));
        IntStream.range(0, hosts)
                .mapToObj(BenchFleet::host)
                .forEach(h -> events.add(event(Keys.instance(CLUSTER, h.id()), Records.bytes(h), 1)));
        ClusterState state = ClusterState.EMPTY.with(new Batch(1, events));
        Random random = new Random(7);
        for (int begin = 0; begin < tasks; begin += BATCH) {
            long revision = state.revision() + 1;
            state = state.with(new Batch(
                    revision,
                    IntStream.range(begin, Math.min(tasks, begin + BATCH))
                            .mapToObj(i -> task(i, random.nextInt(hosts), demand))
                            .map(t -> event(Keys.task(CLUSTER, t.id()), Records.bytes(t), revision))
                            .toList()));
        }
        return state;
    }

    private static StoreEvent event(String key, com.google.protobuf.ByteString value, long revision) {
        return new StoreEvent.Put(new Entry(key, value, revision, revision));
    }

    /** The id of the host with that number. */
    public static String hostId(int number) {
        return Ids.derived("host", Integer.toString(number));
    }

    private static ContainerInstance host(int number) {
        return new ContainerInstance(
                hostId(number),
                CLUSTER,
                "h" + number,
                "10.0.0.1",
                16 * 1024,
                64 * 1024,
                new TreeSet<>(List.of(22)),
                new TreeSet<>(),
                new TreeMap<>(Map.of(
                        "ecs.availability-zone",
                        "zone-" + "abc".charAt(number % 3),
                        "stack",
                        "s" + number / 3 % STACKS,
                        "ecs.os-type",
                        "linux",
                        "ecs.cpu-architecture",
                        "x86_64")),
                "1.0.0",
                "26.1.5",
                1,
                "boot",
                0,
                true,
                true,
                1,
                List.of(),
                HostWish.NONE);
    }

    private static Task task(int number, int host, Demand demand) {
        return new Task(
                Ids.derived("task", Integer.toString(number)),
                CLUSTER,
                DEFINITION,
                hostId(host),
                "service:old-" + number / SERVICE,
                "ecs-svc/1234567890123456789",
                Ids.derived("service", Integer.toString(number / SERVICE)),
                1,
                false,
                TaskStatus.RUNNING,
                2,
                1,
                "",
                "",
                List.of(),
                Task.Times.created(0),
                TaskOverride.getDefaultInstance(),
                demand,
                Task.Marks.NONE);
    }

    /** A service of 100 tasks of one stack: spread over zones, then packed by memory. */
    public static PlacementRequest service(int number, Demand demand) {
        return new PlacementRequest(
                CLUSTER, "service:new-" + number, demand, SERVICE, Rules.of(constraints(number), STRATEGIES), "");
    }

    /** What a service of that number asks. */
    public static List<PlacementConstraint> constraints(int number) {
        return List.of(PlacementConstraint.newBuilder()
                .setType("memberOf")
                .setExpression("attribute:stack == s" + number % STACKS)
                .build());
    }

    /** What every service asks. */
    public static final List<PlacementStrategy> STRATEGIES = List.of(
            PlacementStrategy.newBuilder()
                    .setType("spread")
                    .setField("attribute:ecs.availability-zone")
                    .build(),
            PlacementStrategy.newBuilder().setType("binpack").setField("memory").build());

    /** One task, kept apart from the others of its group; groups have 100 tasks. */
    public static PlacementRequest single(int number, Demand demand) {
        return new PlacementRequest(CLUSTER, "family:job-" + number / SERVICE, demand, 1, DISTINCT, "");
    }

    private static final Rules DISTINCT = Rules.of(
            List.of(PlacementConstraint.newBuilder().setType("distinctInstance").build()), List.of());
}
