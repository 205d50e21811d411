package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.Images;
import java.util.List;
import java.util.Optional;

/** One agent's calls about the images of a {@link FakeEngine}. */
record FakeImageCalls(FakeEngine engine) implements Images {
    @Override
    public Optional<LocalImage> find(String image) throws ContainerFault {
        return engine.call(EngineCall.FIND_IMAGE, () -> engine.images().find(image));
    }

    @Override
    public void pull(PullRequest request, PullListener listener) throws ContainerFault {
        engine.call(EngineCall.PULL_IMAGE, () -> {
            engine.images().pull(request, listener);
            return true;
        });
    }

    @Override
    public List<StoredImage> list() throws ContainerFault {
        return engine.call(
                EngineCall.LIST_IMAGES, () -> engine.images().list(engine.host().imageIds()));
    }

    @Override
    public void remove(String reference) throws ContainerFault {
        engine.call(EngineCall.REMOVE_IMAGE, () -> {
            engine.images().remove(reference, engine.host().imageIds());
            return true;
        });
    }

    @Override
    public DiskUsage disk() throws ContainerFault {
        return engine.call(EngineCall.DISK, engine.images()::disk);
    }
}
