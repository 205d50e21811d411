package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that images are on the host. Who asks for an image that is already on its way waits for the same pull. */
final class ImagePulls {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePulls.class);

    private final EventLoop loop;
    private final Effects effects;
    private final Images images;
    private final TreeMap<String, List<Consumer<Outcome<Pulled>>>> underWay = new TreeMap<>();

    ImagePulls(EventLoop loop, Effects effects, Images images) {
        this.loop = loop;
        this.effects = effects;
        this.images = images;
    }

    /**
     * An image that is there.
     *
     * @param digest in its registry; empty when it came from none
     * @param fault of the pull, when it is there all the same
     */
    record Pulled(String digest, Optional<ContainerFault> fault) {}

    /** Answers when the image is there. */
    void pull(String image, PullBehavior behavior, Consumer<Outcome<Pulled>> then) {
        List<Consumer<Outcome<Pulled>>> others = underWay.get(image);
        if (others != null) {
            others.add(then);
            return;
        }
        underWay.put(image, new ArrayList<>(List.of(then)));
        effects.run(loop, () -> fetch(image, behavior), outcome -> {
            List<Consumer<Outcome<Pulled>>> told = underWay.remove(image);
            if (outcome instanceof Outcome.Done<Pulled> done
                    && done.value().fault().isPresent()) {
                LOG.atWarn()
                        .addKeyValue("image", image)
                        .addKeyValue("cause", done.value().fault().get().reason())
                        .log("image not pulled; running the one on the host");
            }
            if (told != null) {
                told.forEach(each -> each.accept(outcome));
            }
        });
    }

    private Pulled fetch(String image, PullBehavior behavior) throws ContainerFault {
        boolean cachedWillDo = behavior == PullBehavior.PREFER_CACHED || namesItsContent(image);
        if (cachedWillDo) {
            Optional<LocalImage> cached = images.find(image);
            if (cached.isPresent()) {
                return new Pulled(cached.get().digest(), Optional.empty());
            }
        }
        Optional<ContainerFault> fault = Optional.empty();
        try {
            images.pull(new PullRequest(image, Platform.UNKNOWN, Optional.empty()), progress -> {});
        } catch (ContainerFault failed) {
            if (failed.kind() == ContainerFault.Kind.EngineUnavailableError || cachedWillDo) {
                throw failed;
            }
            fault = Optional.of(failed);
        }
        Optional<LocalImage> there = images.find(image);
        if (there.isEmpty() && fault.isPresent()) {
            throw fault.get();
        }
        return new Pulled(there.map(LocalImage::digest).orElse(""), fault);
    }

    /** A digest or an id says what the image is: a registry could not give another one. */
    private static boolean namesItsContent(String image) {
        return image.contains("@sha256:") || image.startsWith("sha256:");
    }
}
