package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.PutAttributesRequest;
import dev.staithe.proto.v1.PutAttributesResponse;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Gives a host attributes, in place of those of the same names.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe instance attributes set host-a stack=prod",
            "  staithe instance attributes set host-a rack=r1 ssd="
        })
final class InstanceAttributesSet implements Verb {
    @Parameters(index = "0", paramLabel = "HOST", description = "The host's name, or the id or its beginning.")
    String host = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME=VALUE", description = "VALUE may be empty.")
    List<String> attributes = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        PutAttributesRequest.Builder request = PutAttributesRequest.newBuilder().setCluster(session.cluster());
        for (String attribute : attributes) {
            int equals = attribute.indexOf('=');
            if (equals < 1) {
                throw CommandFailure.usage(attribute + " (expected: NAME=VALUE, such as stack=prod)");
            }
            request.addAttributes(InstanceAttribute.newBuilder()
                    .setContainerInstance(host)
                    .setName(attribute.substring(0, equals))
                    .setValue(attribute.substring(equals + 1)));
        }
        PutAttributesResponse response = session.controlPlane()
                .call(ContainerInstancesGrpc::newBlockingStub, api -> api.putAttributes(request.build()));
        session.output()
                .show(
                        response,
                        response.getAttributesList().stream()
                                .map(InstanceAttribute::getName)
                                .toList(),
                        () -> "host " + host + " has " + String.join(", ", attributes));
        return ExitCode.OK;
    }
}
