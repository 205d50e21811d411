package dev.staithe.cli.command;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * Waits for standalone tasks. The API has no stream of a single task, so this looks again and again; nothing else waits
 * for it.
 */
final class TaskWait {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final Session session;
    private final Duration limit;

    TaskWait(Session session, Duration limit) {
        this.session = session;
        this.limit = limit;
    }

    /** The tasks, once each of them is as wanted. */
    List<Task> until(List<Task> tasks, Predicate<Task> wanted) {
        List<Task> last = tasks;
        Duration pause = FIRST_PAUSE;
        String subject = tasks.size() == 1
                ? "task " + Words.shortId(tasks.getFirst().getTaskId())
                : Words.count(tasks.size(), "task");
        try (Progress progress = new Progress(
                session.notes(), session.screen().live(), session.environment().time(), subject)) {
            while (!last.stream().allMatch(wanted)) {
                if (progress.elapsed().compareTo(limit) >= 0) {
                    throw new CommandFailure(
                            ExitCode.TIMED_OUT,
                            subject + ": still " + states(last) + " after " + Words.duration(limit),
                            "staithe task describe " + last.getFirst().getTaskId() + session.clusterOption());
                }
                ControlPlane.pause(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                last = describe(last);
                progress.show(states(last));
                progress.tick();
            }
        }
        return last;
    }

    private List<Task> describe(List<Task> tasks) {
        DescribeTasksRequest request = DescribeTasksRequest.newBuilder()
                .setCluster(session.cluster())
                .addAllTasks(tasks.stream().map(Task::getTaskId).toList())
                .build();
        List<Task> described = session.controlPlane()
                .call(TasksGrpc::newBlockingStub, api -> api.describe(request))
                .getTasksList();
        if (described.size() < tasks.size()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "the control plane no longer knows the task", "staithe task list --status all");
        }
        return described;
    }

    private static String states(List<Task> tasks) {
        return String.join(
                ", ",
                tasks.stream().map(Task::getLastStatus).sorted().distinct().toList());
    }
}
