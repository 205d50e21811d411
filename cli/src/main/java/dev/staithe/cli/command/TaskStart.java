package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.StartTaskResponse;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        description = "Starts one task on each host that you name, whatever the scheduler would choose.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe task start backup --on host-a --on host-b",
            "  staithe task start backup --on host-a --wait -- ./backup --full"
        })
final class TaskStart implements Verb {
    @Mixin
    TaskOptions options = new TaskOptions();

    @Option(
            names = "--on",
            required = true,
            paramLabel = "HOST",
            description = "The host's name, or its id or a unique beginning of it; may be given again, up to 10 times.")
    List<String> hosts = new ArrayList<>();

    @Mixin
    TaskLaunch launch = new TaskLaunch();

    @Override
    public ExitCode run(Session session) {
        launch.check();
        StartTaskRequest.Builder request = StartTaskRequest.newBuilder()
                .setCluster(session.cluster())
                .setTaskDefinition(options.taskDefinition)
                .addAllContainerInstances(hosts)
                .setGroup(options.group)
                .setStartedBy(options.startedBy)
                .setReferenceId(options.reference)
                .addAllTags(options.tags())
                .setPropagateTags(options.propagation())
                .setEnableExecuteCommand(options.enableExecuteCommand);
        options.overrides(session).ifPresent(request::setOverrides);
        StartTaskResponse response =
                session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.start(request.build()));
        return launch.finish(
                session,
                options,
                hosts.size(),
                response.getTasksList(),
                response.getFailuresList(),
                tasks -> response.toBuilder().clearTasks().addAllTasks(tasks).build());
    }
}
