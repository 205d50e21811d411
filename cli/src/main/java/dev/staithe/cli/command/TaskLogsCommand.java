package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Task;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Shows what a task wrote; also after it stopped, as long as its host has it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task logs web/1 --tail 20", "  staithe task logs -f 9f3ac2d1"})
final class TaskLogsCommand implements Verb {
    @Parameters(paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Mixin
    LogOptions log = new LogOptions();

    @Override
    public ExitCode run(Session session) {
        Task task = Lookup.task(session, name);
        MergedLogs logs = log.of(session);
        return log.follow ? logs.followTask(task) : logs.show(List.of(task));
    }
}
