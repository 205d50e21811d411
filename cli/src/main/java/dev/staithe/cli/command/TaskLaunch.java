package dev.staithe.cli.command;

import com.google.protobuf.Message;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.FailureView;
import dev.staithe.cli.render.TaskView;
import dev.staithe.cli.render.Words;
import dev.staithe.cli.rollout.Evidence;
import dev.staithe.cli.rollout.FailureReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.Task;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What becomes of tasks that were started on their own: the wait for them, the result, and the exit code. */
final class TaskLaunch {
    @Option(
            names = "--wait",
            description = "Wait until they have stopped; exit with the container's own exit code, 4 when it has none.")
    boolean untilStopped;

    @Mixin
    WaitOptions wait = new WaitOptions();

    /** Says at once when an option is wrong. */
    void check() {
        if (untilStopped && wait.detach) {
            throw CommandFailure.usage("--wait and --detach exclude each other");
        }
        wait.limit();
    }

    /**
     * Shows what was started, and how it went on.
     *
     * @param wanted how many tasks
     * @param response makes the API's message with the tasks as they are in the end
     */
    ExitCode finish(
            Session session,
            TaskOptions options,
            int wanted,
            List<Task> started,
            List<Failure> failures,
            Function<List<Task>, Message> response) {
        if (started.isEmpty()) {
            session.screen().err().println(FailureView.text(failures));
            throw new CommandFailure(
                    ExitCode.NOT_PLACED,
                    Words.count(wanted, "task") + " of " + options.taskDefinition + " cannot be placed",
                    "staithe instance list" + session.clusterOption());
        }
        List<Task> tasks = wait.detach ? started : await(session, started);
        session.output()
                .show(
                        response.apply(tasks),
                        tasks.stream().map(Task::getTaskId).toList(),
                        () -> TaskView.table(tasks, session.now()));
        Optional<Task> failed = tasks.stream()
                .filter(Evidence::failed)
                .filter(task -> !exitCode(session, options, task).equals(Optional.of(0)))
                .findFirst();
        if (failed.isPresent()) {
            session.screen()
                    .err()
                    .print(FailureReport.ofTask(failed.get(), TaskLogs.last(session, failed.get()), session.now()));
            return untilStopped
                    ? exitCode(session, options, failed.get())
                            .map(ExitCode::ofContainer)
                            .orElse(ExitCode.FAILED)
                    : ExitCode.FAILED;
        }
        if (!failures.isEmpty()) {
            session.screen().err().println(FailureView.text(failures));
            return ExitCode.NOT_PLACED;
        }
        return ExitCode.OK;
    }

    private List<Task> await(Session session, List<Task> tasks) {
        return new TaskWait(session, wait.limit())
                .until(
                        tasks,
                        task -> task.getLastStatus().equals("STOPPED")
                                || (!untilStopped && task.getLastStatus().equals("RUNNING")));
    }

    /** Of the container that decides, when the task ended because a container did. */
    private static Optional<Integer> exitCode(Session session, TaskOptions options, Task task) {
        if (!task.getStopCode().equals("EssentialContainerExited")) {
            return Optional.empty();
        }
        String decisive = task.getContainersCount() == 1
                ? task.getContainers(0).getName()
                : options.decisive(session, task.getTaskDefinition());
        return task.getContainersList().stream()
                .filter(c -> c.getName().equals(decisive) && c.hasExitCode())
                .map(Container::getExitCode)
                .findFirst();
    }
}
