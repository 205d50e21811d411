package dev.staithe.cli.command;

import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.InstanceView;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists the hosts of a cluster, with what each has left.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe instance list",
            "  staithe instance list --filter 'attribute:disk == ssd and runningTasksCount < 5'"
        })
final class InstanceList implements Verb {
    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "active, draining or inactive (default: active and draining).")
    String status = "";

    @Option(
            names = "--filter",
            paramLabel = "EXPRESSION",
            description = "Only those that the expression selects, in the cluster query language.")
    String filter = "";

    @Override
    public ExitCode run(Session session) {
        List<ContainerInstance> instances = instances(session, status.toUpperCase(Locale.ROOT), filter);
        session.output()
                .show(
                        ListContainerInstancesResponse.newBuilder()
                                .addAllContainerInstances(instances)
                                .build(),
                        instances.stream().map(ContainerInstance::getHostName).toList(),
                        () -> InstanceView.table(instances, !status.isEmpty() || !filter.isEmpty(), session.now()));
        return ExitCode.OK;
    }

    /** All hosts of the cluster with that status, page by page; empty = ACTIVE and DRAINING. */
    static List<ContainerInstance> instances(Session session, String status) {
        return instances(session, status, "");
    }

    private static List<ContainerInstance> instances(Session session, String status, String filter) {
        try {
            return Pages.all(
                            token -> page(session, status, filter, token), ListContainerInstancesResponse::getNextToken)
                    .stream()
                    .flatMap(page -> page.getContainerInstancesList().stream())
                    .toList();
        } catch (Refusal refusal) {
            throw FilterError.explained(filter, refusal);
        }
    }

    private static ListContainerInstancesResponse page(Session session, String status, String filter, String token) {
        ListContainerInstancesRequest request = ListContainerInstancesRequest.newBuilder()
                .setCluster(session.cluster())
                .setStatus(status)
                .setFilter(filter)
                .setNextToken(token)
                .build();
        return session.controlPlane().call(ContainerInstancesGrpc::newBlockingStub, api -> api.list(request));
    }
}
