package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.LogView;
import dev.staithe.proto.v1.ReadLogsRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Shows what the tasks of a service wrote, merged; stopped tasks as long as their host has them.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service logs web --tail 20", "  staithe service logs -f web --since 10m"})
final class ServiceLogs implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Mixin
    LogOptions log = new LogOptions();

    @Override
    public ExitCode run(Session session) {
        ReadLogsRequest request = log.request(session).build();
        Lookup.service(session, name);
        MergedLogs logs = new MergedLogs(
                session, request, LogView.ofTasks(session.screen().colour()));
        return log.follow ? logs.followService(name) : logs.show(Lookup.tasksOf(session, name));
    }
}
