package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "wait",
        description = "Waits until a service is steady: all tasks run, are healthy and of its newest deployment.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service wait web", "  staithe service wait web --timeout 1h"})
final class ServiceWait implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait (default: 10m).")
    String timeout = "10m";

    @Override
    public ExitCode run(Session session) {
        WaitOptions wait = new WaitOptions();
        wait.timeout = timeout;
        wait.limit();
        return RolloutWait.finish(session, Lookup.service(session, name), wait);
    }
}
