package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.Task;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists the tasks of a cluster.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task list --family web", "  staithe task list --status stopped -o json"})
final class TaskList implements Verb {
    @Option(names = "--service", paramLabel = "NAME", description = "Only those of this service.")
    String service = "";

    @Option(names = "--family", paramLabel = "FAMILY", description = "Only those of this family.")
    String family = "";

    @Option(names = "--instance", paramLabel = "HOST", description = "Only those on this container instance.")
    String instance = "";

    @Option(names = "--started-by", paramLabel = "TEXT", description = "Only those that were started by it.")
    String startedBy = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "running (default), stopped or all.")
    String status = "running";

    @Option(names = "--launch-type", paramLabel = "TYPE", description = "Only those of this type (default: ec2).")
    String launchType = "";

    @Override
    public ExitCode run(Session session) {
        List<Task> tasks = Lookup.tasks(
                session,
                ListTasksRequest.newBuilder()
                        .setServiceName(service)
                        .setFamily(family)
                        .setContainerInstance(instance)
                        .setStartedBy(startedBy)
                        .setLaunchType(launchType.toUpperCase(Locale.ROOT))
                        .setDesiredStatus(status.toUpperCase(Locale.ROOT))
                        .build());
        session.output()
                .show(
                        ListTasksResponse.newBuilder().addAllTasks(tasks).build(),
                        tasks.stream().map(Task::getTaskId).toList(),
                        () -> TaskView.table(tasks, session.now()));
        return ExitCode.OK;
    }
}
