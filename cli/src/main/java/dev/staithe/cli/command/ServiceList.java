package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ServiceView;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListServicesResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        description = "Lists the services of a cluster.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service list", "  staithe --cluster staging service list -o name"})
final class ServiceList implements Verb {
    @Override
    public ExitCode run(Session session) {
        List<Service> services = Pages.all(token -> page(session, token), ListServicesResponse::getNextToken).stream()
                .flatMap(page -> page.getServicesList().stream())
                .toList();
        session.output()
                .show(
                        ListServicesResponse.newBuilder()
                                .addAllServices(services)
                                .build(),
                        services.stream().map(Service::getServiceName).toList(),
                        () -> ServiceView.table(services, session.now()));
        return ExitCode.OK;
    }

    private static ListServicesResponse page(Session session, String token) {
        ListServicesRequest request = ListServicesRequest.newBuilder()
                .setCluster(session.cluster())
                .setNextToken(token)
                .build();
        return session.controlPlane().call(ServicesGrpc::newBlockingStub, api -> api.list(request));
    }
}
