package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.LogView;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.Task;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Shows what a task wrote; also after it stopped, as long as its host has it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task logs web/1 --tail 20", "  staithe task logs -f 9f3ac2d1 app --since 10m"})
final class TaskLogsCommand implements Verb {
    @Parameters(index = "0", paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "CONTAINER",
            description = "One of its containers (default: all of them, merged).")
    String container = "";

    @Option(names = "--container", paramLabel = "NAME", description = "The same.")
    String option = "";

    @Mixin
    LogOptions log = new LogOptions();

    @Override
    public ExitCode run(Session session) {
        if (!container.isEmpty() && !option.isEmpty() && !container.equals(option)) {
            throw CommandFailure.usage("CONTAINER and --container name two containers (expected: one, or neither)");
        }
        ReadLogsRequest request = log.request(session)
                .setContainer(container.isEmpty() ? option : container)
                .build();
        Task task = Lookup.task(session, name);
        MergedLogs logs =
                new MergedLogs(session, request, LogView.ofTask(session.screen().colour()));
        return log.follow ? logs.followTask(task) : logs.show(List.of(task));
    }
}
