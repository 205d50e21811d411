package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.ResourceTags;
import dev.staithe.proto.v1.ListTagsForResourceRequest;
import dev.staithe.proto.v1.ListTagsForResourceResponse;
import dev.staithe.proto.v1.TagResourceRequest;
import dev.staithe.proto.v1.TagResourceResponse;
import dev.staithe.proto.v1.TagsGrpc;
import dev.staithe.proto.v1.UntagResourceRequest;
import dev.staithe.proto.v1.UntagResourceResponse;
import io.grpc.stub.StreamObserver;

/** The service {@code staithe.v1.Tags}. */
final class TagsEndpoint extends TagsGrpc.TagsImplBase {
    private final View view;
    private final ResourceTags tags;

    TagsEndpoint(View view, ResourceTags tags) {
        this.view = view;
        this.tags = tags;
    }

    @Override
    public void tag(TagResourceRequest request, StreamObserver<TagResourceResponse> caller) {
        Calls.answer(caller, () -> {
            view.after(tags.tag(request, view.current()));
            return TagResourceResponse.getDefaultInstance();
        });
    }

    @Override
    public void untag(UntagResourceRequest request, StreamObserver<UntagResourceResponse> caller) {
        Calls.answer(caller, () -> {
            view.after(tags.untag(request, view.current()));
            return UntagResourceResponse.getDefaultInstance();
        });
    }

    @Override
    public void list(ListTagsForResourceRequest request, StreamObserver<ListTagsForResourceResponse> caller) {
        Calls.answer(
                caller,
                () -> ListTagsForResourceResponse.newBuilder()
                        .addAllTags(ResourceTags.list(request, view.current()))
                        .build());
    }
}
