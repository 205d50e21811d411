package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ServiceView;
import dev.staithe.proto.v1.Service;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows a service: counts, deployments, what cannot be placed and why, the newest events.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service describe web", "  staithe service describe web -o json"})
final class ServiceDescribe implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        Service service = Lookup.service(session, name);
        session.output()
                .show(service, List.of(service.getServiceName()), () -> ServiceView.text(service, session.now()));
        return ExitCode.OK;
    }
}
