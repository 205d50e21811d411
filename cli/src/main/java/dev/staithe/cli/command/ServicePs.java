package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.Task;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ps",
        description = "Lists the tasks of a service: where they are, on which ports, and why the last ones stopped.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service ps web", "  staithe service ps web --all -o json"})
final class ServicePs implements Verb {
    private static final int STOPPED_SHOWN = 5;

    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(
            names = {"-a", "--all"},
            description = "All stopped tasks that are still known, not only the last 5.")
    boolean all;

    @Override
    public ExitCode run(Session session) {
        Lookup.service(session, name);
        List<Task> numbered = TaskView.numbered(Lookup.tasksOf(session, name));
        long alive = numbered.stream()
                .filter(task -> !task.getLastStatus().equals("STOPPED"))
                .count();
        List<Task> tasks =
                all ? numbered : numbered.stream().limit(alive + STOPPED_SHOWN).collect(Collectors.toList());
        session.output()
                .show(
                        ListTasksResponse.newBuilder().addAllTasks(tasks).build(),
                        tasks.stream().map(Task::getTaskId).toList(),
                        () -> TaskView.ofService(name, tasks, session.now()));
        return ExitCode.OK;
    }
}
