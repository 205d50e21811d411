package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.TagsGrpc;
import dev.staithe.proto.v1.UntagResourceRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Removes tags from one thing; shows those that are left.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe tag delete service/web stage", "  staithe tag delete container-instance/host-a rack team"})
final class TagDelete implements Verb {
    @Mixin
    TaggedResource resource = new TaggedResource();

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY",
            description = "Those that are not there are no error.")
    List<String> keys = new ArrayList<>();

    @Override
    public ExitCode run(Session session) {
        UntagResourceRequest request = UntagResourceRequest.newBuilder()
                .setCluster(session.cluster())
                .addAllTagKeys(keys)
                .setResource(resource.name(session))
                .build();
        session.controlPlane().call(TagsGrpc::newBlockingStub, api -> api.untag(request));
        return resource.show(session);
    }
}
