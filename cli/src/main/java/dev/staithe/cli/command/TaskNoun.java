package dev.staithe.cli.command;

import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "task",
        description = "Tasks: instances of a task definition on a host, of a service or on their own.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task run migrate -- ./migrate --all", "  staithe task logs -f web/1"})
final class TaskNoun implements Noun {
    @Override
    public List<Verb> verbs() {
        return List.of(
                new TaskRun(),
                new TaskStart(),
                new TaskStop(),
                new TaskList(),
                new TaskDescribe(),
                new TaskExplain(),
                new TaskLogsCommand(),
                new TaskExec(),
                new TaskProtect(),
                new TaskUnprotect());
    }
}
