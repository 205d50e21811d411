package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ClusterView;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.DescribeClustersRequest;
import dev.staithe.proto.v1.DescribeClustersResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one cluster: its status and what it holds.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster describe", "  staithe cluster describe staging -o yaml"})
final class ClusterDescribe implements Verb {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "Default: what --cluster says.")
    @Nullable
    String name;

    @Override
    public ExitCode run(Session session) {
        String wanted = name == null ? session.cluster() : name;
        DescribeClustersResponse response = session.controlPlane()
                .call(
                        ClustersGrpc::newBlockingStub,
                        api -> api.describe(DescribeClustersRequest.newBuilder()
                                .addClusters(wanted)
                                .build()));
        if (response.getClustersCount() == 0) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "there is no cluster " + wanted, "staithe cluster list");
        }
        Cluster cluster = response.getClusters(0);
        session.output()
                .show(cluster, List.of(cluster.getClusterName()), () -> ClusterView.text(cluster, session.now()));
        return ExitCode.OK;
    }
}
