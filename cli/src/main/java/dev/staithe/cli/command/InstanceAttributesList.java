package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.InstanceView;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.ListAttributesRequest;
import dev.staithe.proto.v1.ListAttributesResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        description = "Lists the attributes of all hosts, or of one.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance attributes list host-a", "  staithe instance attributes list --name stack"})
final class InstanceAttributesList implements Verb {
    @Parameters(paramLabel = "HOST", arity = "0..1", description = "Only those of this host.")
    @Nullable
    String host;

    @Option(names = "--name", paramLabel = "NAME", description = "Only attributes of this name.")
    String attribute = "";

    @Option(names = "--value", paramLabel = "VALUE", description = "Only attributes of this value.")
    String value = "";

    @Override
    public ExitCode run(Session session) {
        Map<String, String> hosts = new TreeMap<>();
        if (host == null) {
            InstanceList.instances(session, "").forEach(i -> hosts.put(i.getContainerInstanceId(), i.getHostName()));
        } else {
            ContainerInstance one = Lookup.instance(session, host);
            hosts.put(one.getContainerInstanceId(), one.getHostName());
        }
        List<InstanceAttribute> attributes =
                Pages.all(token -> page(session, token), ListAttributesResponse::getNextToken).stream()
                        .flatMap(page -> page.getAttributesList().stream())
                        .filter(a -> hosts.containsKey(a.getContainerInstance()))
                        .toList();
        session.output()
                .show(
                        ListAttributesResponse.newBuilder()
                                .addAllAttributes(attributes)
                                .build(),
                        attributes.stream()
                                .map(InstanceAttribute::getName)
                                .distinct()
                                .toList(),
                        () -> InstanceView.attributes(attributes, hosts));
        return ExitCode.OK;
    }

    private ListAttributesResponse page(Session session, String token) {
        ListAttributesRequest request = ListAttributesRequest.newBuilder()
                .setCluster(session.cluster())
                .setAttributeName(attribute)
                .setAttributeValue(value)
                .setNextToken(token)
                .build();
        return session.controlPlane().call(ContainerInstancesGrpc::newBlockingStub, api -> api.listAttributes(request));
    }
}
