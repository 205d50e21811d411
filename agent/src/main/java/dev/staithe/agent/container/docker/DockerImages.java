package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.Info;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Platform;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images of the Docker engine. Called from any thread; nothing is kept. */
final class DockerImages implements Images {
    private static final Logger LOG = LoggerFactory.getLogger(DockerImages.class);

    private final EngineConnection connection;
    private final TimedCalls calls;
    private final DockerDeadlines deadlines;
    private final ImagePull pull;

    DockerImages(EngineConnection connection, TimedCalls calls, DockerDeadlines deadlines, ImagePull pull) {
        this.connection = connection;
        this.calls = calls;
        this.deadlines = deadlines;
        this.pull = pull;
    }

    @Override
    public Optional<LocalImage> find(String image) throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> {
            try {
                return Optional.of(
                        local(image, connection.client().inspectImageCmd(image).exec()));
            } catch (NotFoundException missing) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void pull(PullRequest request, PullListener listener) throws ContainerFault {
        try {
            calls.within(deadlines.pull(), Kind.CannotPullContainerError, ticket -> {
                pull.run(request, listener, ticket);
                return true;
            });
        } catch (ContainerFault fault) {
            throw fault.kind() == Kind.DockerTimeoutError
                    ? new ContainerFault(fault.kind(), request.image() + ": " + fault.getMessage(), true, fault)
                    : fault;
        }
        LOG.atInfo().addKeyValue("image", request.image()).log("image pulled");
    }

    @Override
    public List<StoredImage> list() throws ContainerFault {
        return calls.within(deadlines.list(), Kind.CannotInspectContainerError, ticket -> {
            DockerClient client = connection.client();
            List<Image> images = client.listImagesCmd().exec();
            // After the images: a container that was made meanwhile counts, one that went does no harm.
            Set<String> used = new TreeSet<>();
            for (Container container :
                    client.listContainersCmd().withShowAll(true).exec()) {
                used.add(container.getImageId());
            }
            List<StoredImage> stored = new ArrayList<>();
            for (Image image : images) {
                stored.add(new StoredImage(
                        image.getId(),
                        Stream.concat(names(image.getRepoTags()), names(image.getRepoDigests()))
                                .toList(),
                        Objects.requireNonNullElse(image.getSize(), 0L),
                        used.contains(image.getId())));
            }
            stored.sort(Comparator.comparing(StoredImage::id));
            return stored;
        });
    }

    @Override
    public void remove(String reference) throws ContainerFault {
        calls.within(deadlines.remove(), Kind.CannotRemoveImageError, ticket -> {
            try {
                connection.client().removeImageCmd(reference).withForce(false).exec();
            } catch (NotFoundException gone) {
                return false;
            }
            return true;
        });
    }

    @Override
    public DiskUsage disk() throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> {
            Info info = connection.client().infoCmd().exec();
            FileStore store = Files.getFileStore(Path.of(Objects.requireNonNullElse(info.getDockerRootDir(), "/")));
            // What is left for the engine, not for root: both would fail at the same moment.
            return new DiskUsage(store.getTotalSpace(), store.getTotalSpace() - store.getUsableSpace());
        });
    }

    private static LocalImage local(String asked, InspectImageResponse image) throws IOException {
        if (image.getId() == null) {
            throw new IOException("the engine shows an image without an id");
        }
        List<String> digests = image.getRepoDigests() == null ? List.of() : image.getRepoDigests();
        return new LocalImage(
                image.getId(),
                ImageReference.parse(asked).digestAmong(digests),
                new Platform(
                        Objects.requireNonNullElse(image.getOs(), ""),
                        Objects.requireNonNullElse(image.getArch(), "")));
    }

    /** An image without a name is shown as {@code <none>:<none>}. */
    private static Stream<String> names(String @Nullable [] references) {
        return references == null ? Stream.of() : Arrays.stream(references).filter(name -> !name.contains("<none>"));
    }
}
