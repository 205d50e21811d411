package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
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
    private final ContainerRuntime runtime;
    private final TreeMap<String, List<Consumer<Outcome<Optional<ContainerFault>>>>> underWay = new TreeMap<>();

    ImagePulls(EventLoop loop, Effects effects, ContainerRuntime runtime) {
        this.loop = loop;
        this.effects = effects;
        this.runtime = runtime;
    }

    /** Answers when the image is there; with the fault of the pull when it is there all the same. */
    void pull(String image, PullBehavior behavior, Consumer<Outcome<Optional<ContainerFault>>> then) {
        List<Consumer<Outcome<Optional<ContainerFault>>>> others = underWay.get(image);
        if (others != null) {
            others.add(then);
            return;
        }
        underWay.put(image, new ArrayList<>(List.of(then)));
        effects.run(loop, () -> fetch(image, behavior), outcome -> {
            List<Consumer<Outcome<Optional<ContainerFault>>>> told = underWay.remove(image);
            if (outcome instanceof Outcome.Done<Optional<ContainerFault>> done
                    && done.value().isPresent()) {
                LOG.atWarn()
                        .addKeyValue("image", image)
                        .addKeyValue("cause", done.value().get().reason())
                        .log("image not pulled; running the one on the host");
            }
            if (told != null) {
                told.forEach(each -> each.accept(outcome));
            }
        });
    }

    private Optional<ContainerFault> fetch(String image, PullBehavior behavior) throws ContainerFault {
        boolean cachedWillDo = behavior == PullBehavior.PREFER_CACHED || namesItsContent(image);
        if (cachedWillDo && runtime.findImage(image).isPresent()) {
            return Optional.empty();
        }
        try {
            runtime.pullImage(image);
            return Optional.empty();
        } catch (ContainerFault fault) {
            boolean engineAnswers = fault.kind() != ContainerFault.Kind.EngineUnavailableError;
            if (engineAnswers && !cachedWillDo && runtime.findImage(image).isPresent()) {
                return Optional.of(fault);
            }
            throw fault;
        }
    }

    /** A digest or an id says what the image is: a registry could not give another one. */
    private static boolean namesItsContent(String image) {
        return image.contains("@sha256:") || image.startsWith("sha256:");
    }
}
