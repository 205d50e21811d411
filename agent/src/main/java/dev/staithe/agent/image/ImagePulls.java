package dev.staithe.agent.image;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that images are on the host. Who asks for an image that is already on its way waits for the same pull, and hears
 * of its failure. So many pulls go on at once; the others wait their turn, but an image that is there waits for nobody.
 *
 * <p>What is about to be removed is not handed out, and what is being fetched is not removed: {@link #reserve}. Confined to the
 * loop; soft, but for the record of what was fetched.
 */
public final class ImagePulls {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePulls.class);

    private final Environment environment;
    private final EventLoop loop;
    private final Images images;
    private final FetchedImages fetched;
    private final RegistrySecrets secrets;
    private final Platform host;
    private final int atOnce;
    private final TreeMap<String, Fetch> underWay = new TreeMap<>();
    private final ArrayDeque<Fetch> queue = new ArrayDeque<>();
    private final TreeSet<String> reserved = new TreeSet<>();
    private int pulling;

    /**
     * Makes the one place where images come from.
     *
     * @param host what this host runs
     * @param atOnce most pulls at a time
     */
    public ImagePulls(
            Environment environment,
            EventLoop loop,
            Images images,
            FetchedImages fetched,
            RegistrySecrets secrets,
            Platform host,
            int atOnce) {
        this.environment = environment;
        this.loop = loop;
        this.images = images;
        this.fetched = fetched;
        this.secrets = secrets;
        this.host = host;
        this.atOnce = atOnce;
    }

    /**
     * An image that is there.
     *
     * @param digest in its registry; empty when it came from none
     * @param fault of the pull, when it is there all the same
     */
    public record Pulled(String digest, Optional<ContainerFault> fault) {}

    /** What this host runs. */
    public Platform host() {
        return host;
    }

    /** Answers when the image is there, or cannot be had. */
    public void pull(ImageRequest request, Consumer<Outcome<Pulled>> then) {
        Fetch current = underWay.get(request.key());
        if (current != null) {
            current.waiting().add(then);
            return;
        }
        Fetch fetch = new Fetch(request);
        fetch.waiting().add(then);
        underWay.put(request.key(), fetch);
        if (!reserved.contains(fetch.reference())) {
            look(fetch);
        }
    }

    /** How far an image has come that is on its way, for people. */
    public Optional<String> progress(ImageRequest request) {
        return Optional.ofNullable(underWay.get(request.key())).map(fetch -> fetch.text(queue.size(), atOnce));
    }

    /**
     * Keeps these names from being handed out until they are released, unless one of them is on its way.
     *
     * @return whether they may be removed now
     */
    boolean reserve(SortedSet<String> references) {
        if (underWay.values().stream().anyMatch(fetch -> references.contains(fetch.reference()))) {
            return false;
        }
        reserved.addAll(references);
        return true;
    }

    /** They are gone, or stay: who asked for one meanwhile is served now. */
    void release(SortedSet<String> references) {
        reserved.removeAll(references);
        List.copyOf(underWay.values()).stream()
                .filter(fetch -> references.contains(fetch.reference()))
                .forEach(this::look);
    }

    private void look(Fetch fetch) {
        String image = fetch.request().image();
        environment.effects().run(loop, () -> images.find(image), outcome -> {
            switch (outcome) {
                case Outcome.Done<Optional<LocalImage>> found -> looked(fetch, found.value());
                case Outcome.Failed<Optional<LocalImage>> failed -> end(fetch, new Outcome.Failed<>(failed.cause()));
            }
        });
    }

    private void looked(Fetch fetch, Optional<LocalImage> cached) {
        fetch.found(cached);
        ImageRequest request = fetch.request();
        if (!host.runs(request.platform())) {
            end(fetch, refused("the task is for " + request.platform().words() + ", this host is " + host.words()));
        } else if (cached.isPresent() && cachedWillDo(request)) {
            end(fetch, there(request, cached.get(), Optional.empty()));
        } else {
            credentials(fetch);
        }
    }

    /** First of all: a secret that does not come must not keep others from their turn. */
    private void credentials(Fetch fetch) {
        Optional<String> name = fetch.request().credentials();
        if (name.isEmpty()) {
            enqueue(fetch);
            return;
        }
        secrets.credentials(fetch.request().taskId(), name.get(), outcome -> {
            switch (outcome) {
                case Outcome.Done<RegistryCredentials> found -> {
                    fetch.shows(found.value());
                    enqueue(fetch);
                }
                case Outcome.Failed<RegistryCredentials> failed -> end(fetch, without(fetch, failed.cause()));
            }
        });
    }

    private void enqueue(Fetch fetch) {
        fetch.queued();
        queue.add(fetch);
        next();
    }

    private boolean cachedWillDo(ImageRequest request) {
        return switch (request.behavior()) {
            case ALWAYS -> false;
            case PREFER_CACHED -> true;
            case ONCE -> ImageReference.namesItsContent(request.image()) || fetched.has(request.image());
            case DEFAULT -> ImageReference.namesItsContent(request.image());
        };
    }

    private void next() {
        while (pulling < atOnce && !queue.isEmpty()) {
            pulling++;
            Fetch fetch = queue.remove();
            fetch.begin();
            fetch(fetch);
        }
    }

    private void fetch(Fetch fetch) {
        ImageRequest request = fetch.request();
        environment
                .effects()
                .run(
                        loop,
                        () -> {
                            images.pull(
                                    new PullRequest(request.image(), request.platform(), fetch.credentials()),
                                    fetch::progressed);
                            return images.find(request.image())
                                    .orElseThrow(() -> new ContainerFault(
                                            Kind.CannotPullContainerError,
                                            request.image() + ": was fetched, and the engine does not have it",
                                            true));
                        },
                        outcome -> pulled(fetch, outcome));
    }

    private void pulled(Fetch fetch, Outcome<LocalImage> outcome) {
        pulling--;
        ImageRequest request = fetch.request();
        switch (outcome) {
            case Outcome.Done<LocalImage> done -> {
                LocalImage image = done.value();
                boolean had = fetch.found().map(LocalImage::id).equals(Optional.of(image.id()));
                long now = environment.time().now().toEpochMilli();
                fetched.fetched(request.image(), image.id(), image.digest(), !had, now);
                end(fetch, there(request, image, Optional.empty()));
            }
            case Outcome.Failed<LocalImage> failed -> end(fetch, without(fetch, failed.cause()));
        }
        next();
    }

    /** The registry did not give it: what the host has may do. */
    private Outcome<Pulled> without(Fetch fetch, Exception cause) {
        if (fetch.request().behavior() == PullBehavior.DEFAULT
                && fetch.found().isPresent()
                && cause instanceof ContainerFault fault
                && fault.kind() != Kind.EngineUnavailableError
                && fault.kind() != Kind.ControlPlaneUnavailableError) {
            LOG.atWarn()
                    .addKeyValue("image", fetch.request().image())
                    .addKeyValue("cause", fault.reason())
                    .log("image not pulled; running the one on the host");
            return there(fetch.request(), fetch.found().get(), Optional.of(fault));
        }
        return new Outcome.Failed<>(cause);
    }

    private static Outcome<Pulled> there(ImageRequest request, LocalImage image, Optional<ContainerFault> fault) {
        return request.platform().runs(image.platform())
                ? new Outcome.Done<>(new Pulled(image.digest(), fault))
                : refused("image " + request.image() + " is for "
                        + image.platform().words() + ", this host is "
                        + request.platform().words() + ". Build it for both, or name hosts that can run it in the"
                        + " definition's runtimePlatform");
    }

    private static Outcome<Pulled> refused(String why) {
        return new Outcome.Failed<>(new ContainerFault(Kind.CannotPullContainerError, why, false));
    }

    private void end(Fetch fetch, Outcome<Pulled> outcome) {
        underWay.remove(fetch.request().key());
        fetch.waiting().forEach(each -> each.accept(outcome));
    }
}
