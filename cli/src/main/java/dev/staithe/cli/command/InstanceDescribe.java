package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.InstanceView;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.Task;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one host: its agent, resources, attributes, tags and tasks.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance describe host-a", "  staithe instance describe 9f3ac2d1 -o json"})
final class InstanceDescribe implements Verb {
    @Parameters(paramLabel = "HOST", description = "The host's name, or the id or a unique beginning of it.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        ContainerInstance instance = Lookup.instance(session, name);
        session.output().show(instance, List.of(instance.getHostName()), () -> text(session, instance));
        return ExitCode.OK;
    }

    private static String text(Session session, ContainerInstance instance) {
        List<Task> tasks = Lookup.tasks(
                session,
                ListTasksRequest.newBuilder()
                        .setContainerInstance(instance.getContainerInstanceId())
                        .setDesiredStatus("ALL")
                        .build());
        List<Task> held = tasks.stream()
                .filter(task -> !task.getLastStatus().equals("STOPPED"))
                .toList();
        return InstanceView.text(instance, session.now())
                + "\n\n"
                + (held.isEmpty() ? "no tasks" : TaskView.table(held, session.now()));
    }
}
