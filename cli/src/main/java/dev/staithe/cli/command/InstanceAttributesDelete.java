package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DeleteAttributesRequest;
import dev.staithe.proto.v1.DeleteAttributesResponse;
import dev.staithe.proto.v1.InstanceAttribute;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Takes attributes from a host. Those that its agent gives stay.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe instance attributes delete host-a stack",
            "  staithe instance attributes delete host-a rack ssd"
        })
final class InstanceAttributesDelete implements Verb {
    @Parameters(index = "0", paramLabel = "HOST", description = "The host's name, or the id or its beginning.")
    String host = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "Names of attributes.")
    List<String> attributes = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        DeleteAttributesRequest.Builder request =
                DeleteAttributesRequest.newBuilder().setCluster(session.cluster());
        attributes.forEach(name -> request.addAttributes(
                InstanceAttribute.newBuilder().setContainerInstance(host).setName(name)));
        DeleteAttributesResponse response = session.controlPlane()
                .call(ContainerInstancesGrpc::newBlockingStub, api -> api.deleteAttributes(request.build()));
        session.output()
                .show(
                        response,
                        response.getAttributesList().stream()
                                .map(InstanceAttribute::getName)
                                .toList(),
                        () -> "host " + host + " no longer has " + String.join(", ", attributes));
        return ExitCode.OK;
    }
}
