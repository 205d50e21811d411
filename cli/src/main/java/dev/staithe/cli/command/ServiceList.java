package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ServiceView;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListServicesResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists the services of a cluster.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service list", "  staithe --cluster staging service list --kind daemon -o name"})
final class ServiceList implements Verb {
    @Option(names = "--kind", paramLabel = "KIND", description = "Only those of this kind: replica or daemon.")
    String kind = "";

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

    private ListServicesResponse page(Session session, String token) {
        ListServicesRequest request = ListServicesRequest.newBuilder()
                .setCluster(session.cluster())
                .setSchedulingStrategy(kind())
                .setNextToken(token)
                .build();
        return session.controlPlane().call(ServicesGrpc::newBlockingStub, api -> api.list(request));
    }

    private String kind() {
        return switch (kind) {
            case "" -> "";
            case "replica" -> "REPLICA";
            case "daemon" -> "DAEMON";
            default -> throw CommandFailure.usage("--kind: " + kind + " (expected: replica or daemon)");
        };
    }
}
