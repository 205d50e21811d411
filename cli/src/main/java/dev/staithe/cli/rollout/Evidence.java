package dev.staithe.cli.rollout;

import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that a report on a failed rollout is made from.
 *
 * @param view the last that the control plane showed
 * @param log of the {@link #suspect}
 */
public record Evidence(Goal goal, Verdict verdict, WatchServiceResponse view, TaskLog log, Instant now) {
    Service service() {
        return view.getService();
    }

    /** The task that tells most about why the goal is not reached: the newest that failed, else one that does not work. */
    Optional<Task> suspect() {
        return suspect(goal, view);
    }

    /** The task whose log belongs into the report. */
    public static Optional<Task> suspect(Goal goal, WatchServiceResponse view) {
        List<Task> failed = failed(goal, view.getTasksList());
        if (!failed.isEmpty()) {
            return Optional.of(failed.getFirst());
        }
        return tasksOf(goal, view.getTasksList()).stream()
                .filter(task -> task.getDesiredStatus().equals("RUNNING"))
                .filter(task -> !task.getHealthStatus().equals("HEALTHY"))
                .min(Comparator.comparing((Task task) -> !task.getHealthStatus().equals("UNHEALTHY"))
                        .thenComparing(task -> !task.getLastStatus().equals("PENDING"))
                        .thenComparing(task -> Words.instant(task.getCreatedAt())));
    }

    /** The tasks of the goal's deployment that failed, the newest first. */
    static List<Task> failed(Goal goal, List<Task> tasks) {
        return tasksOf(goal, tasks).stream()
                .filter(Evidence::failed)
                .sorted(Comparator.comparing((Task task) -> Words.instant(task.getStoppedAt()))
                        .thenComparing(Task::getTaskId)
                        .reversed())
                .toList();
    }

    /** Whether the task ended although nobody wanted it to. */
    public static boolean failed(Task task) {
        if (!task.getLastStatus().equals("STOPPED")) {
            return false;
        }
        return switch (task.getStopCode()) {
            case "UserInitiated" -> false;
            case "ServiceSchedulerInitiated" -> task.getStoppedReason().contains("health check");
            default -> true;
        };
    }

    private static List<Task> tasksOf(Goal goal, List<Task> tasks) {
        return tasks.stream()
                .filter(task ->
                        goal.deployment().isEmpty() || task.getStartedBy().equals(goal.deployment()))
                .toList();
    }
}
