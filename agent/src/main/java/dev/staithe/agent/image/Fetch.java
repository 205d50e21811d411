package dev.staithe.agent.image;

import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.PullProgress;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.agent.image.ImagePulls.Pulled;
import dev.staithe.runtime.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One image on its way, and who waits for it. Confined to the loop, but for the progress. */
final class Fetch {
    private final ImageRequest request;
    private final String reference;
    private final List<Consumer<Outcome<Pulled>>> waiting = new ArrayList<>();

    /** Told by the thread that reads the engine's stream. */
    private volatile PullProgress progress = PullProgress.BEGUN;

    private Optional<LocalImage> found = Optional.empty();
    private Optional<RegistryCredentials> credentials = Optional.empty();
    private boolean queued;
    private boolean begun;

    Fetch(ImageRequest request) {
        this.request = request;
        this.reference = ImageReference.canonical(request.image());
    }

    ImageRequest request() {
        return request;
    }

    /** The one way to write the image's name. */
    String reference() {
        return reference;
    }

    List<Consumer<Outcome<Pulled>>> waiting() {
        return waiting;
    }

    /** What the host has under the name. */
    void found(Optional<LocalImage> image) {
        found = image;
    }

    Optional<LocalImage> found() {
        return found;
    }

    /** The registry is asked with these. */
    void shows(RegistryCredentials own) {
        credentials = Optional.of(own);
    }

    Optional<RegistryCredentials> credentials() {
        return credentials;
    }

    void queued() {
        queued = true;
    }

    void begin() {
        begun = true;
    }

    void progressed(PullProgress now) {
        progress = now;
    }

    String text(int inQueue, int atOnce) {
        if (begun) {
            return progress.text();
        }
        return queued ? "waiting for " + atOnce + " other pulls, with " + (inQueue - 1) + " more" : "looking for it";
    }
}
