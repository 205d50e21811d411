package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ClusterView;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.ListClustersResponse;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        description = "Lists the clusters.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster list", "  staithe cluster list -o name"})
final class ClusterList implements Verb {
    @Override
    public ExitCode run(Session session) {
        List<Cluster> clusters = Pages.all(token -> page(session, token), ListClustersResponse::getNextToken).stream()
                .flatMap(page -> page.getClustersList().stream())
                .toList();
        session.output()
                .show(
                        ListClustersResponse.newBuilder()
                                .addAllClusters(clusters)
                                .build(),
                        clusters.stream().map(Cluster::getClusterName).toList(),
                        () -> ClusterView.table(clusters, session.now()));
        return ExitCode.OK;
    }

    private static ListClustersResponse page(Session session, String token) {
        ListClustersRequest request =
                ListClustersRequest.newBuilder().setNextToken(token).build();
        return session.controlPlane().call(ClustersGrpc::newBlockingStub, api -> api.list(request));
    }
}
