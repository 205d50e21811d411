package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DeregisterContainerInstanceRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "deregister",
        description = {
            "Takes a host out of the cluster, until its agent is started again.",
            "A host with tasks is drained first; or --force gives its tasks up, and those of services are replaced"
                    + " elsewhere."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance deregister host-a", "  staithe instance deregister host-a --force"})
final class InstanceDeregister implements Verb {
    @Parameters(paramLabel = "HOST", description = "The host's name, or the id or a unique beginning of it.")
    String name = "";

    @Option(names = "--force", description = "Also while it has tasks.")
    boolean force;

    @Override
    public ExitCode run(Session session) {
        DeregisterContainerInstanceRequest request = DeregisterContainerInstanceRequest.newBuilder()
                .setCluster(session.cluster())
                .setContainerInstance(name)
                .setForce(force)
                .build();
        ContainerInstance host = session.controlPlane()
                .call(ContainerInstancesGrpc::newBlockingStub, api -> api.deregister(request))
                .getContainerInstance();
        session.output()
                .show(host, List.of(host.getHostName()), () -> "host " + host.getHostName() + " is deregistered");
        return ExitCode.OK;
    }
}
