package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Shows what the tasks of a service wrote, merged; stopped tasks as long as their host has them.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service logs web --tail 20", "  staithe service logs -f web"})
final class ServiceLogs implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new lines, and with new tasks, until interrupted.")
    boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "N",
            description = "Only the last lines of each container (default: all; with -f: 10).")
    @Nullable
    Integer tail;

    @Override
    public ExitCode run(Session session) {
        Lookup.service(session, name);
        MergedLogs logs = new MergedLogs(session, follow, tail);
        return follow ? logs.followService(name) : logs.show(Lookup.tasksOf(session, name));
    }
}
