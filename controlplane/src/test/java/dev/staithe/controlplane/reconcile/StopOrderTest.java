package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class StopOrderTest {
    private static Graded task(String id, String host, long createdAt, Grade grade) {
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
                Demand.of(TaskDefinition.getDefaultInstance()),
                Task.Marks.NONE);
        return new Graded(task, grade, OptionalLong.empty());
    }

    private static List<String> take(List<Graded> tasks, int count) {
        return new StopOrder(tasks).take(tasks, count).stream().map(Task::id).toList();
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

        assertThat(new StopOrder(live).take(live.subList(0, 2), 1))
                .extracting(Task::id)
                .containsExactly("t2");
    }

    @Test
    void takesAllWhereThereAreFewer() {
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), 5)).containsExactly("t1");
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), 0)).isEmpty();
        assertThat(take(List.of(task("t1", "a", 1, Grade.HEALTHY)), -3)).isEmpty();
    }
}
