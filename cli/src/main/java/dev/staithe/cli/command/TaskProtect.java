package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "protect",
        description = "Has scale-in and deployments leave tasks of services alone for a while.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task protect web/1", "  staithe task protect 9f3ac2d1 77b01c5e --for 30m"})
final class TaskProtect implements Verb {
    @Parameters(
            arity = "1..*",
            paramLabel = "TASK",
            description = "SERVICE/N, or the id or a unique beginning of it; at most 10.")
    List<String> names = new ArrayList<>();

    @Option(names = "--for", paramLabel = "DURATION", description = "How long, 1m-48h (default: 2h).")
    String duration = "2h";

    @Override
    public ExitCode run(Session session) {
        Duration wanted = WaitOptions.parse("--for", duration);
        return Protection.update(
                session,
                names,
                UpdateTaskProtectionRequest.newBuilder()
                        .setProtectionEnabled(true)
                        .setExpiresInMinutes(wholeMinutes(wanted)));
    }

    /** Longer rather than shorter. */
    private static int wholeMinutes(Duration duration) {
        return (int) duration.plusMinutes(1).minusNanos(1).toMinutes();
    }
}
