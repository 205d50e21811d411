package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "unprotect",
        description = "Ends the protection of tasks: scale-in and deployments may stop them again.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task unprotect web/1", "  staithe task unprotect 9f3ac2d1 77b01c5e"})
final class TaskUnprotect implements Verb {
    @Parameters(
            arity = "1..*",
            paramLabel = "TASK",
            description = "SERVICE/N, or the id or a unique beginning of it; at most 10.")
    List<String> names = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        return Protection.update(
                session, names, UpdateTaskProtectionRequest.newBuilder().setProtectionEnabled(false));
    }
}
