package dev.staithe.agent.image;

import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.ledger.ImageLedger;
import dev.staithe.agent.model.FetchedImage;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images this agent fetched, and when each was last used. Hard state, written behind: what a crash takes away costs a
 * pull more, or leaves an image on the host. Confined to the loop.
 */
public final class FetchedImages {
    private static final Logger LOG = LoggerFactory.getLogger(FetchedImages.class);

    private final ImageLedger ledger;
    private final EventLoop loop;
    private final Effects effects;
    private final TreeMap<String, FetchedImage> images = new TreeMap<>();
    private boolean changed;
    private boolean writing;

    /**
     * Takes up the record.
     *
     * @param held what the ledger has
     */
    public FetchedImages(ImageLedger ledger, List<FetchedImage> held, EventLoop loop, Effects effects) {
        this.ledger = ledger;
        this.loop = loop;
        this.effects = effects;
        held.forEach(image -> images.put(image.id(), image));
    }

    /** By their ids. */
    List<FetchedImage> all() {
        return List.copyOf(images.values());
    }

    /** Whether this agent fetched the image of this name; whether the host still has it is not known here. */
    boolean has(String image) {
        String reference = ImageReference.canonical(image);
        return images.values().stream().anyMatch(each -> each.references().contains(reference));
    }

    /**
     * An image was fetched.
     *
     * @param digest in its registry; empty when it is not known
     * @param brought whether the host did not have it before
     */
    void fetched(String image, String id, String digest, boolean brought, long now) {
        TreeSet<String> names = new TreeSet<>(Set.of(ImageReference.canonical(image)));
        if (!digest.isEmpty()) {
            names.add(ImageReference.canonical(
                    ImageReference.parse(image).withDigest(digest).text()));
        }
        images.replaceAll((other, held) -> other.equals(id) ? held : held.without(names));
        FetchedImage fresh = new FetchedImage(id, names, brought, now);
        images.merge(id, fresh, (held, more) -> held.also(names, now));
        write();
    }

    /** These are used or needed now; what is not on the host any more is forgotten. */
    void seen(SortedSet<String> onHost, SortedSet<String> inUse, long now) {
        TreeMap<String, FetchedImage> before = new TreeMap<>(images);
        images.keySet().retainAll(onHost);
        images.replaceAll((id, held) -> inUse.contains(id) ? held.usedAt(now) : held);
        if (!images.equals(before)) {
            write();
        }
    }

    void removed(String id) {
        if (images.remove(id) != null) {
            write();
        }
    }

    private void write() {
        changed = true;
        if (writing) {
            return;
        }
        writing = true;
        changed = false;
        List<FetchedImage> all = all();
        effects.run(
                loop,
                () -> {
                    ledger.write(all);
                    return true;
                },
                outcome -> {
                    writing = false;
                    if (outcome instanceof Outcome.Failed<Boolean> failed) {
                        LOG.atWarn()
                                .addKeyValue("cause", failed.cause())
                                .log("the record of fetched images is not written; it will be with the next change");
                    } else if (changed) {
                        write();
                    }
                });
    }
}
