package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.Task;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one task: where it is, what its containers do, why it stopped.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task describe web/1", "  staithe task describe 9f3ac2d1 -o json"})
final class TaskDescribe implements Verb {
    @Parameters(paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        Task task = Lookup.task(session, name);
        session.output().show(task, List.of(task.getTaskId()), () -> TaskView.text(task, session.now()));
        return ExitCode.OK;
    }
}
