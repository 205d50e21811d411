package dev.staithe.controlplane.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusMergeHealthTest {
    private static final TaskDefinition DEFINITION = TaskDefinition.newBuilder()
            .addContainerDefinitions(ContainerDefinition.newBuilder()
                    .setName("main")
                    .setHealthCheck(HealthCheck.newBuilder().addCommand("CMD-SHELL")))
            .build();

    private static final Task PLACED = new Task(
            "task",
            "default",
            new TaskDefinitionRef("web", 1),
            "host",
            "service:web",
            "",
            "uid",
            1,
            false,
            TaskStatus.PENDING,
            1,
            0,
            "",
            "",
            List.of(),
            Task.Times.created(0),
            TaskOverride.getDefaultInstance(),
            Demand.of(DEFINITION),
            Task.Marks.NONE);

    private static Task merge(Task task, String status, String health) {
        TaskReport report = TaskReport.newBuilder()
                .setObservation(task.observation() + 1)
                .setStatus(status)
                .addContainers(Container.newBuilder()
                        .setName("main")
                        .setLastStatus(status)
                        .setHealthStatus(health))
                .build();
        return StatusMerge.merge(task, report, DEFINITION).orElseThrow();
    }

    /** Docker says "unhealthy" of every container with a check that has stopped. */
    @ParameterizedTest(name = "{0} when it ran, {1} when it stopped: {2}")
    @CsvSource({
        "HEALTHY, UNHEALTHY, HEALTHY",
        "UNHEALTHY, UNHEALTHY, UNHEALTHY",
        "UNHEALTHY, UNKNOWN, UNHEALTHY",
        "UNKNOWN, UNHEALTHY, UNHEALTHY",
    })
    void keepsTheHealthThatAContainerHadWhileItRan(String running, String stopped, Health kept) {
        Task task = merge(merge(PLACED, "RUNNING", running), "STOPPED", stopped);

        assertThat(task.health()).isEqualTo(kept);
        assertThat(task.checked()).isTrue();
    }
}
