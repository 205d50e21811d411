package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.DeploymentView;
import dev.staithe.proto.v1.ListServiceDeploymentsRequest;
import dev.staithe.proto.v1.ListServiceDeploymentsResponse;
import dev.staithe.proto.v1.ServiceDeployment;
import dev.staithe.proto.v1.ServicesGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "deployments",
        description = "Lists the deployments of a service, the newest first: what became of each, and why it began.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service deployments web", "  staithe service deployments web -o json"})
final class ServiceDeployments implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        List<ServiceDeployment> deployments =
                Pages.all(token -> page(session, token), ListServiceDeploymentsResponse::getNextToken).stream()
                        .flatMap(page -> page.getServiceDeploymentsList().stream())
                        .toList();
        session.output()
                .show(
                        ListServiceDeploymentsResponse.newBuilder()
                                .addAllServiceDeployments(deployments)
                                .build(),
                        deployments.stream().map(ServiceDeployment::getId).toList(),
                        () -> DeploymentView.table(deployments, session.now()));
        return ExitCode.OK;
    }

    private ListServiceDeploymentsResponse page(Session session, String token) {
        ListServiceDeploymentsRequest request = ListServiceDeploymentsRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .setNextToken(token)
                .build();
        return session.controlPlane().call(ServicesGrpc::newBlockingStub, api -> api.listDeployments(request));
    }
}
