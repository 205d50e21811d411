package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.TasksGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        description = "Runs tasks on their own, without a service, and waits until they run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe task run migrate --wait -- ./migrate --all",
            "  staithe task run worker:3 --count 2 --override-env LEVEL=debug --strategy spread:instanceId"
        })
final class TaskRun implements Verb {
    @Mixin
    TaskOptions options = new TaskOptions();

    @Option(names = "--count", paramLabel = "N", description = "How many, 1-10 (default: 1).")
    int count = 1;

    @Mixin
    PlacementOptions placement = new PlacementOptions();

    @Mixin
    TaskLaunch launch = new TaskLaunch();

    @Override
    public ExitCode run(Session session) {
        launch.check();
        RunTaskRequest.Builder request = RunTaskRequest.newBuilder()
                .setCluster(session.cluster())
                .setTaskDefinition(options.taskDefinition)
                .setCount(count)
                .setGroup(options.group)
                .setStartedBy(options.startedBy)
                .setReferenceId(options.reference)
                .addAllTags(options.tags())
                .setPropagateTags(options.propagation())
                .setEnableExecuteCommand(options.enableExecuteCommand)
                .addAllPlacementConstraints(placement.constraints())
                .addAllPlacementStrategy(placement.strategies())
                .setClientToken(session.environment().ids().next());
        options.overrides(session).ifPresent(request::setOverrides);
        RunTaskResponse response =
                session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.run(request.build()));
        return launch.finish(
                session,
                options,
                count,
                response.getTasksList(),
                response.getFailuresList(),
                tasks -> response.toBuilder().clearTasks().addAllTasks(tasks).build());
    }
}
