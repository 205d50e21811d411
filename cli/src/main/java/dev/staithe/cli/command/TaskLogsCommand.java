package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Shows what a task wrote; also after it stopped, as long as its host has it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task logs web/1 --tail 20", "  staithe task logs -f 9f3ac2d1"})
final class TaskLogsCommand implements Verb {
    @Parameters(paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new lines until the task stops.")
    boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "N",
            description = "Only the last lines of each container.")
    @Nullable
    Integer tail;

    @Override
    public ExitCode run(Session session) {
        Task task = Lookup.task(session, name);
        MergedLogs logs = new MergedLogs(session, follow, tail);
        return follow ? logs.followTask(task) : logs.show(List.of(task));
    }
}
