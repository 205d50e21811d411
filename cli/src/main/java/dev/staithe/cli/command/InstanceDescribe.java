package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.InstanceView;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DescribeContainerInstancesRequest;
import dev.staithe.proto.v1.DescribeContainerInstancesResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one host: its agent, resources and attributes.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance describe host-a", "  staithe instance describe 9f3ac2d1 -o json"})
final class InstanceDescribe implements Verb {
    @Parameters(paramLabel = "HOST", description = "The host's name, or the id or a unique beginning of it.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        DescribeContainerInstancesRequest request = DescribeContainerInstancesRequest.newBuilder()
                .setCluster(session.cluster())
                .addContainerInstances(name)
                .build();
        DescribeContainerInstancesResponse response =
                session.controlPlane().call(ContainerInstancesGrpc::newBlockingStub, api -> api.describe(request));
        if (response.getContainerInstancesCount() == 0) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no container instance " + name + " in cluster " + session.cluster(),
                    "staithe instance list" + session.clusterOption());
        }
        ContainerInstance instance = response.getContainerInstances(0);
        session.output()
                .show(instance, List.of(instance.getHostName()), () -> InstanceView.text(instance, session.now()));
        return ExitCode.OK;
    }
}
