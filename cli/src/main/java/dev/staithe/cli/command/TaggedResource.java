package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TagView;
import dev.staithe.proto.v1.ListTagsForResourceRequest;
import dev.staithe.proto.v1.ListTagsForResourceResponse;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TagsGrpc;
import picocli.CommandLine.Parameters;

/** What tags are on, as users name it. */
final class TaggedResource {
    private static final String TASK = "task/";

    @Parameters(
            index = "0",
            paramLabel = "RESOURCE",
            description = "cluster/NAME, service/NAME, task/TASK, container-instance/HOST or"
                    + " task-definition/FAMILY:REVISION.")
    String resource = "";

    /** As the control plane names it: a task by its id. */
    String name(Session session) {
        return resource.startsWith(TASK) ? TASK + Lookup.taskId(session, resource.substring(TASK.length())) : resource;
    }

    /** Shows the tags that it has now. */
    ExitCode show(Session session) {
        ListTagsForResourceRequest request = ListTagsForResourceRequest.newBuilder()
                .setCluster(session.cluster())
                .setResource(name(session))
                .build();
        ListTagsForResourceResponse response =
                session.controlPlane().call(TagsGrpc::newBlockingStub, api -> api.list(request));
        session.output()
                .show(
                        response,
                        response.getTagsList().stream().map(Tag::getKey).toList(),
                        () -> TagView.table(response.getTagsList()));
        return ExitCode.OK;
    }
}
