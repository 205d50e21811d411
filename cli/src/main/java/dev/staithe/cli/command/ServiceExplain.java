package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.PlacementView;
import dev.staithe.proto.v1.ExplainServiceRequest;
import dev.staithe.proto.v1.ExplainServiceResponse;
import dev.staithe.proto.v1.ServicesGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = "Shows where the next task of a service would go, host by host and why, the smallest change that"
                + " would make it fit, and what else keeps the service from its desired count. Of a daemon:"
                + " which hosts have its task, and why the others do not. Starts nothing; exits with 5 when the task fits"
                + " nowhere, or a host that is to have a daemon lacks the room.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service explain web", "  staithe service explain web -o json"})
final class ServiceExplain implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        ExplainServiceResponse response = session.controlPlane()
                .call(
                        ServicesGrpc::newBlockingStub,
                        api -> api.explain(ExplainServiceRequest.newBuilder()
                                .setCluster(session.cluster())
                                .setService(name)
                                .build()));
        String chosen = response.getDecision().getChosen();
        session.output()
                .show(
                        response,
                        chosen.isEmpty() ? List.of() : List.of(chosen),
                        () -> PlacementView.text("service " + name, response.getDecision(), response.getNotesList()));
        boolean waits =
                response.getDecision().getDaemon() ? PlacementView.lacksRoom(response.getDecision()) : chosen.isEmpty();
        return waits ? ExitCode.NOT_PLACED : ExitCode.OK;
    }
}
