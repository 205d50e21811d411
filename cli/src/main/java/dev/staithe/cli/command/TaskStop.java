package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "stop",
        description = "Stops a task and waits until it has stopped. A service replaces a task of its own.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task stop web/1", "  staithe task stop 9f3ac2d1 --reason \"stuck\" --detach"})
final class TaskStop implements Verb {
    @Parameters(paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Is kept with the task.")
    String reason = "";

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        String id = Lookup.taskId(session, name);
        StopTaskRequest request = StopTaskRequest.newBuilder()
                .setCluster(session.cluster())
                .setTask(id)
                .setReason(reason)
                .build();
        Task stopping = session.controlPlane()
                .call(TasksGrpc::newBlockingStub, api -> api.stop(request))
                .getTask();
        Task last = wait.detach
                ? stopping
                : new TaskWait(session, wait.limit())
                        .until(List.of(stopping), task -> task.getLastStatus().equals("STOPPED"))
                        .getFirst();
        String shown = Words.shortId(last.getTaskId());
        session.output()
                .show(
                        last,
                        List.of(last.getTaskId()),
                        () -> "task " + shown + " is " + (wait.detach ? "being stopped" : "stopped"));
        return ExitCode.OK;
    }
}
