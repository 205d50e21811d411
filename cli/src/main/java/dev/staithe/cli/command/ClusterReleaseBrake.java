package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ReleaseBrakeRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "release-brake",
        description = {
            "Has the tasks of hosts replaced that fell silent together.",
            "The scheduler holds them back by itself when many hosts vanish at once: mostly the network is at fault, and"
                    + " their containers run on. `staithe cluster describe` says so."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  staithe cluster release-brake", "  staithe cluster release-brake staging"})
final class ClusterReleaseBrake implements Verb {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "Default: what --cluster says.")
    @Nullable
    String name;

    @Override
    public ExitCode run(Session session) {
        String wanted = name == null ? session.cluster() : name;
        Cluster cluster = session.controlPlane()
                .call(
                        ClustersGrpc::newBlockingStub,
                        api -> api.releaseBrake(ReleaseBrakeRequest.newBuilder()
                                .setCluster(wanted)
                                .build()))
                .getCluster();
        session.output()
                .show(
                        cluster,
                        List.of(cluster.getClusterName()),
                        () -> "cluster " + cluster.getClusterName() + ": tasks of silent hosts are replaced elsewhere");
        return ExitCode.OK;
    }
}
