package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.UpdateServiceRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "scale",
        description = "Changes how many tasks a service has, and waits until they run.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service scale web 5", "  staithe service scale web 0 --detach"})
final class ServiceScale implements Verb {
    @Parameters(index = "0", paramLabel = "NAME", description = "The service.")
    String name = "";

    @Parameters(index = "1", paramLabel = "N", description = "How many tasks.")
    int desiredCount;

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        UpdateServiceRequest request = UpdateServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .setDesiredCount(desiredCount)
                .build();
        return ServiceUpdate.send(session, request, wait);
    }
}
