package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.TagResourceRequest;
import dev.staithe.proto.v1.TagsGrpc;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Adds tags to one thing, or gives those that it has another value; shows all of them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe tag set service/web team=shop stage=test",
            "  staithe tag set container-instance/host-a rack=7"
        })
final class TagSet implements Verb {
    @Mixin
    TaggedResource resource = new TaggedResource();

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "At most 50 on one thing.")
    List<String> tags = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        TagResourceRequest request = TagResourceRequest.newBuilder()
                .setCluster(session.cluster())
                .addAllTags(TagOptions.parse("tag", tags))
                .setResource(resource.name(session))
                .build();
        session.controlPlane().call(TagsGrpc::newBlockingStub, api -> api.tag(request));
        return resource.show(session);
    }
}
