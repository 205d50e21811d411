package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.DeleteClusterRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Deletes an empty cluster: one without services, tasks and container instances.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster delete staging", "  staithe cluster delete staging -o json"})
final class ClusterDelete implements Verb {
    @Parameters(paramLabel = "NAME", description = "The cluster.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        Cluster cluster = session.controlPlane()
                .call(
                        ClustersGrpc::newBlockingStub,
                        api -> api.delete(DeleteClusterRequest.newBuilder()
                                .setCluster(name)
                                .build()))
                .getCluster();
        session.output()
                .show(
                        cluster,
                        List.of(cluster.getClusterName()),
                        () -> "cluster " + cluster.getClusterName() + " is deleted");
        return ExitCode.OK;
    }
}
