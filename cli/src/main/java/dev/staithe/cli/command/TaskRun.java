package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.FailureView;
import dev.staithe.cli.render.TaskView;
import dev.staithe.cli.render.Words;
import dev.staithe.cli.rollout.Evidence;
import dev.staithe.cli.rollout.FailureReport;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = "Runs tasks on their own, without a service, and waits until they run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe task run migrate --wait -- ./migrate --all",
            "  staithe task run worker:3 --count 2 --override-env LEVEL=debug"
        })
final class TaskRun implements Verb {
    @Parameters(index = "0", paramLabel = "FAMILY[:REVISION]", description = "What they run.")
    String taskDefinition = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "After --: runs instead of the container's own command.")
    List<String> command = new ArrayList<>();

    @Option(names = "--count", paramLabel = "N", description = "How many (default: 1).")
    int count = 1;

    @Option(names = "--group", paramLabel = "TEXT", description = "The group (default: family:FAMILY).")
    String group = "";

    @Option(names = "--started-by", paramLabel = "TEXT", description = "Is kept with the tasks.")
    String startedBy = "";

    @Option(
            names = "--override-env",
            paramLabel = "NAME=VALUE",
            description = "A variable for the container; may be given again.")
    List<String> variables = new ArrayList<>();

    @Option(
            names = "--container",
            paramLabel = "NAME",
            description = "Whose command and variables are meant, when there are several containers.")
    String container = "";

    @Option(names = "--wait", description = "Wait until they have stopped; exit with 4 when one failed.")
    boolean untilStopped;

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        RunTaskRequest.Builder request = RunTaskRequest.newBuilder()
                .setCluster(session.cluster())
                .setTaskDefinition(taskDefinition)
                .setCount(count)
                .setGroup(group)
                .setStartedBy(startedBy)
                .setClientToken(session.environment().ids().next());
        if (!command.isEmpty() || !variables.isEmpty()) {
            request.setOverrides(overrides(session));
        }
        RunTaskResponse response =
                session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.run(request.build()));
        if (response.getTasksCount() == 0) {
            session.screen().err().println(FailureView.text(response.getFailuresList()));
            throw new CommandFailure(
                    ExitCode.NOT_PLACED,
                    Words.count(count, "task") + " of " + taskDefinition + " cannot be placed",
                    "staithe instance list" + session.clusterOption());
        }
        List<Task> tasks = wait.detach ? response.getTasksList() : await(session, response.getTasksList());
        session.output()
                .show(
                        response.toBuilder().clearTasks().addAllTasks(tasks).build(),
                        tasks.stream().map(Task::getTaskId).toList(),
                        () -> TaskView.table(tasks, session.now()));
        return outcome(session, tasks, response);
    }

    private List<Task> await(Session session, List<Task> tasks) {
        return new TaskWait(session, wait.limit())
                .until(
                        tasks,
                        task -> task.getLastStatus().equals("STOPPED")
                                || (!untilStopped && task.getLastStatus().equals("RUNNING")));
    }

    private ExitCode outcome(Session session, List<Task> tasks, RunTaskResponse response) {
        Optional<Task> failed = tasks.stream()
                .filter(Evidence::failed)
                .filter(task -> !endedWell(task))
                .findFirst();
        if (failed.isPresent()) {
            session.screen()
                    .err()
                    .print(FailureReport.ofTask(failed.get(), TaskLogs.last(session, failed.get()), session.now()));
            return ExitCode.FAILED;
        }
        if (response.getFailuresCount() > 0) {
            session.screen().err().println(FailureView.text(response.getFailuresList()));
            return ExitCode.NOT_PLACED;
        }
        return ExitCode.OK;
    }

    /** A task of its own may end: what counts is how. */
    private static boolean endedWell(Task task) {
        return task.getStopCode().equals("EssentialContainerExited")
                && task.getContainersList().stream()
                        .allMatch(container -> !container.hasExitCode() || container.getExitCode() == 0);
    }

    private TaskOverride overrides(Session session) {
        ContainerOverride.Builder override =
                ContainerOverride.newBuilder().setName(containerName(session)).addAllCommand(command);
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw CommandFailure.usage("--override-env: " + variable + " (expected: NAME=VALUE)");
            }
            override.addEnvironment(KeyValuePair.newBuilder()
                    .setName(variable.substring(0, equals))
                    .setValue(variable.substring(equals + 1)));
        }
        return TaskOverride.newBuilder().addContainerOverrides(override).build();
    }

    private String containerName(Session session) {
        if (!container.isEmpty()) {
            return container;
        }
        DescribeTaskDefinitionRequest request = DescribeTaskDefinitionRequest.newBuilder()
                .setTaskDefinition(taskDefinition)
                .build();
        TaskDefinition definition = session.controlPlane()
                .call(TaskDefinitionsGrpc::newBlockingStub, api -> api.describe(request))
                .getTaskDefinition();
        if (definition.getContainerDefinitionsCount() != 1) {
            throw CommandFailure.usage(taskDefinition + " has "
                    + definition.getContainerDefinitionsCount()
                    + " containers: say with --container which one is meant");
        }
        return definition.getContainerDefinitions(0).getName();
    }
}
