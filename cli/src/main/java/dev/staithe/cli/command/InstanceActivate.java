package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ContainerInstance;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "activate",
        description = "Lets a host that was drained take tasks again.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance activate host-a", "  staithe instance activate 9f3ac2d1 -o json"})
final class InstanceActivate implements Verb {
    @Parameters(paramLabel = "HOST", description = "The host's name, or the id or a unique beginning of it.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        ContainerInstance host = HostState.set(session, name, "ACTIVE");
        session.output()
                .show(
                        host,
                        List.of(host.getHostName()),
                        () -> "host " + host.getHostName() + " is " + host.getStatus());
        return ExitCode.OK;
    }
}
