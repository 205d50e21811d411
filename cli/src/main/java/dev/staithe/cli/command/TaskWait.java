package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Waits for single tasks, on a stream of the control plane. */
final class TaskWait {
    /** How long a replica that has just been asked may not know yet what the leader has started. */
    private static final Duration REPLICA_LAG = Duration.ofSeconds(5);

    private final Session session;
    private final Duration limit;

    TaskWait(Session session, Duration limit) {
        this.session = session;
        this.limit = limit;
    }

    /** The tasks, once each of them is as wanted. */
    List<Task> until(List<Task> tasks, Predicate<Task> wanted) {
        if (tasks.stream().allMatch(wanted)) {
            return tasks;
        }
        List<Task> last = tasks;
        String subject = tasks.size() == 1
                ? "task " + Words.shortId(tasks.getFirst().getTaskId())
                : Words.count(tasks.size(), "task");
        DescribeTasksRequest request = DescribeTasksRequest.newBuilder()
                .setCluster(session.cluster())
                .addAllTasks(tasks.stream().map(Task::getTaskId).toList())
                .build();
        PullNotes pulls = new PullNotes(session);
        try (var watch = new Following<>(session.controlPlane(), TasksGrpc.getWatchMethod(), () -> request);
                Progress progress = new Progress(
                        session.notes(),
                        session.screen().live(),
                        session.environment().time(),
                        subject)) {
            while (progress.elapsed().compareTo(limit) < 0) {
                Optional<DescribeTasksResponse> next = watch.next(patience(progress));
                if (next.isEmpty()) {
                    progress.tick(states(last) + pulls.of(last));
                    continue;
                }
                if (next.get().getFailuresCount() > 0) {
                    checkMayCome(progress.elapsed());
                    continue;
                }
                last = next.get().getTasksList();
                progress.show(states(last) + pulls.of(last));
                if (last.stream().allMatch(wanted)) {
                    return last;
                }
            }
        }
        throw new CommandFailure(
                ExitCode.TIMED_OUT,
                subject + ": still " + states(last) + " after " + Words.duration(limit),
                "staithe task describe " + last.getFirst().getTaskId() + session.clusterOption());
    }

    private Duration patience(Progress progress) {
        Duration left = limit.minus(progress.elapsed());
        return left.compareTo(Progress.beat()) < 0 ? left : Progress.beat();
    }

    private static void checkMayCome(Duration elapsed) {
        if (elapsed.compareTo(REPLICA_LAG) >= 0) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "the control plane no longer knows the task", "staithe task list --status all");
        }
    }

    private static String states(List<Task> tasks) {
        return String.join(
                ", ",
                tasks.stream().map(Task::getLastStatus).sorted().distinct().toList());
    }
}
