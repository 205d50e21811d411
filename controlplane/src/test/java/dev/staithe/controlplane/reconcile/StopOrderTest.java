package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class StopOrderTest {
    private static Graded task(String id, String host, long createdAt, Grade grade) {
        return task(id, host, createdAt, grade, 256);
    }

    private static Graded task(String id, String host, long createdAt, Grade grade, int memory) {
        Task task = new Task(
                id,
                "default",
                new TaskDefinitionRef("web", 1),
                host,
                "service:web",
                "",
                "uid",
                1,
                false,
                TaskStatus.RUNNING,
                1,
                0,
                "",
                "",
                List.of(),
                Task.Times.created(createdAt),
                TaskOverride.getDefaultInstance(),
                Demand.of(TaskDefinition.newBuilder()
                        .addContainerDefinitions(
                                ContainerDefinition.newBuilder().setMemory(memory))
                        .build()),
                Task.Marks.NONE);
        return new Graded(task, grade, Displacement.NONE, false, OptionalLong.empty());
    }

    private static List<String> take(List<Graded> tasks, int count) {
        return take(ClusterState.EMPTY, tasks, count);
    }

    private static List<String> take(
            ClusterState state, List<Graded> tasks, int count, PlacementStrategy... strategies) {
        return ids(new StopOrder(state, List.of(strategies), tasks).take(tasks, count));
    }

    private static List<String> ids(List<Graded> tasks) {
        return tasks.stream().map(g -> g.task().id()).toList();
    }

    private static PlacementStrategy strategy(String type, String field) {
        return PlacementStrategy.newBuilder().setType(type).setField(field).build();
    }

    /** Zone 1 has hosts a and b, zone 2 has c. */
    private static ClusterState zones() {
        return new World()
                .hostIn("zone-1", "a", 4096)
                .hostIn("zone-1", "b", 2048)
                .hostIn("zone-2", "c", 8192)
                .state();
    }

    @Test
    void keepsZonesEvenAndThenHostsByDefault() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY),
                task("b1", "b", 1, Grade.HEALTHY),
                task("b2", "b", 2, Grade.HEALTHY),
                task("c1", "c", 1, Grade.HEALTHY),
                task("c2", "c", 2, Grade.HEALTHY));

        assertThat(take(zones(), tasks, 5)).containsExactly("b2", "a1", "c2", "b1", "c1");
    }

    @Test
    void keepsTheSpreadOfItsFirstStrategyBeforeThatOfTheNext() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY),
                task("b1", "b", 1, Grade.HEALTHY),
                task("c1", "c", 1, Grade.HEALTHY),
                task("c2", "c", 2, Grade.HEALTHY));

        assertThat(take(zones(), tasks, 1, strategy("spread", "instanceId"))).containsExactly("c2");
        assertThat(take(
                        zones(),
                        tasks,
                        2,
                        strategy("spread", "attribute:ecs.availability-zone"),
                        strategy("spread", "instanceId")))
                .containsExactly("a1", "c2");
    }

    @Test
    void freesWhatIsEmptiestOnceTheTaskIsGoneWithABinpack() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY, 512),
                task("b1", "b", 1, Grade.HEALTHY, 2048),
                task("c1", "c", 1, Grade.HEALTHY, 128),
                task("c2", "c", 2, Grade.HEALTHY, 128));

        assertThat(take(zones(), tasks, 3, strategy("binpack", "memory"))).containsExactly("c2", "c1", "a1");
    }

    @Test
    void packsWithinTheFullestZone() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY),
                task("b1", "b", 1, Grade.HEALTHY),
                task("c1", "c", 1, Grade.HEALTHY));

        assertThat(take(
                        zones(),
                        tasks,
                        1,
                        strategy("spread", "attribute:ecs.availability-zone"),
                        strategy("binpack", "MEMORY")))
                .containsExactly("a1");
    }

    @Test
    void takesTheNewestOfTheFullestHostWhereAnyWouldDo() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY),
                task("c1", "c", 1, Grade.HEALTHY),
                task("c2", "c", 2, Grade.HEALTHY));

        assertThat(take(zones(), tasks, 1, strategy("random", ""))).containsExactly("c2");
    }

    @Test
    void remembersWhatWasTakenBefore() {
        List<Graded> tasks = List.of(
                task("a1", "a", 1, Grade.HEALTHY),
                task("c1", "c", 1, Grade.HEALTHY),
                task("c2", "c", 2, Grade.HEALTHY));
        StopOrder order = new StopOrder(zones(), List.of(), tasks);

        assertThat(ids(order.take(tasks.subList(1, 2), 1))).containsExactly("c1");
        assertThat(ids(order.take(List.of(tasks.get(0), tasks.get(2)), 1)))
                .as("one on each host now: the first by name")
                .containsExactly("a1");
    }

    @Test
    void isAsItsDocumentationSays() {
        List<Graded> tasks = List.of(
                task("t1", "a", 1, Grade.HEALTHY),
                task("t2", "a", 2, Grade.HEALTHY),
                task("t3", "a", 3, Grade.HEALTHY),
                task("t4", "b", 4, Grade.HEALTHY),
                task("t5", "b", 5, Grade.PENDING));

        assertThat(take(tasks, 3)).containsExactly("t5", "t3", "t2");
    }

    @Test
    void takesTheWorseFirstWhereverTheyAre() {
        List<Graded> tasks = List.of(
                task("healthy", "a", 1, Grade.HEALTHY),
                task("warming", "a", 1, Grade.WARMING),
                task("unhealthy", "b", 1, Grade.UNHEALTHY),
                task("pending", "c", 1, Grade.PENDING));

        assertThat(take(tasks, 4)).containsExactly("pending", "unhealthy", "warming", "healthy");
    }

    @Test
    void countsTheWholeServiceOnAHostAndNotOnlyTheCandidates() {
        List<Graded> live = List.of(
                task("t1", "a", 1, Grade.HEALTHY),
                task("t2", "b", 1, Grade.HEALTHY),
                task("t3", "b", 1, Grade.PENDING));

        assertThat(ids(new StopOrder(ClusterState.EMPTY, List.of(), live).take(live.subList(0, 2), 1)))
                .containsExactly("t2");
    }

    @Test
    void takesAllWhereThereAreFewer() {
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), 5)).containsExactly("t1");
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), 0)).isEmpty();
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), -3)).isEmpty();
    }
}
