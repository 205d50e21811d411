package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.CreateClusterRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Creates a cluster; one that is there already stays as it is.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster create staging", "  staithe cluster create staging -o json"})
final class ClusterCreate implements Verb {
    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            defaultValue = "default",
            description = "1-255 of A-Z a-z 0-9 _ -.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        Cluster cluster = session.controlPlane()
                .call(
                        ClustersGrpc::newBlockingStub,
                        api -> api.create(CreateClusterRequest.newBuilder()
                                .setClusterName(name)
                                .build()))
                .getCluster();
        session.output()
                .show(
                        cluster,
                        List.of(cluster.getClusterName()),
                        () -> "cluster " + cluster.getClusterName() + " is " + cluster.getStatus());
        return ExitCode.OK;
    }
}
