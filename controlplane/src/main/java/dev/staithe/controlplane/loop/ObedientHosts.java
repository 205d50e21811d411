package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerDefinition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What hosts on which nothing ever fails say of a task: what is to run is up and healthy, what is to stop has stopped. */
final class ObedientHosts {
    private ObedientHosts() {}

    /** The task as its host would report it next; empty when there is nothing new to say. */
    static Optional<Task> next(Task task, ClusterState state, long millis) {
        if (task.stopped()) {
            return Optional.empty();
        }
        if (!task.live()) {
            return Optional.of(task.with(
                    task.stopWanted(),
                    TaskStatus.STOPPED,
                    task.observation(),
                    task.stopCode(),
                    task.stoppedReason(),
                    task.containers(),
                    at(task.times(), task.times().startedAt(), millis)));
        }
        boolean comesUp = task.status() == TaskStatus.PENDING || (task.checked() && task.health() == Health.UNKNOWN);
        return comesUp ? Optional.of(running(task, state, millis)) : Optional.empty();
    }

    private static Task running(Task task, ClusterState state, long millis) {
        List<TaskContainer> containers = state.taskDefinition(task.taskDefinition())
                .map(TaskDefinitionRevision::spec)
                .map(spec -> spec.getContainerDefinitionsList().stream()
                        .map(ObedientHosts::running)
                        .toList())
                .orElse(task.containers());
        return task.with(
                false,
                TaskStatus.RUNNING,
                task.observation(),
                task.stopCode(),
                task.stoppedReason(),
                containers,
                at(
                        task.times(),
                        task.times().startedAt() == 0 ? millis : task.times().startedAt(),
                        0));
    }

    private static TaskContainer running(ContainerDefinition definition) {
        boolean checked = definition.hasHealthCheck() && definition.getEssential();
        return new TaskContainer(
                definition.getName(),
                "",
                "RUNNING",
                OptionalInt.empty(),
                "",
                List.of(),
                checked ? Health.HEALTHY : Health.UNKNOWN,
                "",
                checked,
                "",
                0);
    }

    private static Task.Times at(Task.Times times, long startedAt, long stoppedAt) {
        return new Task.Times(
                times.createdAt(),
                times.pullStartedAt(),
                times.pullStoppedAt(),
                startedAt,
                stoppedAt == 0 || times.stoppingAt() > 0 ? times.stoppingAt() : stoppedAt,
                stoppedAt);
    }
}
