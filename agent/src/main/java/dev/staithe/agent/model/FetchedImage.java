package dev.staithe.agent.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An image that this agent fetched: hard state, kept in the ledger.
 *
 * @param id sha256:..., the engine's own
 * @param references names by which it was fetched, in their canonical form; with the digest where a registry said one
 * @param brought whether the host did not have it before; what it had is somebody else's, and never removed by us
 * @param usedAt when it was last seen to be used or needed, by the host's clock, milliseconds since the epoch
 */
public record FetchedImage(String id, SortedSet<String> references, boolean brought, long usedAt) {
    public FetchedImage {
        references = Collections.unmodifiableSortedSet(new TreeSet<>(references));
    }

    /** It was fetched under these names, too. */
    public FetchedImage also(SortedSet<String> more, long now) {
        TreeSet<String> all = new TreeSet<>(references);
        all.addAll(more);
        return new FetchedImage(id, all, brought, Math.max(usedAt, now));
    }

    /** The name means another image from now on. */
    public FetchedImage without(SortedSet<String> moved) {
        TreeSet<String> left = new TreeSet<>(references);
        left.removeAll(moved);
        return new FetchedImage(id, left, brought, usedAt);
    }

    public FetchedImage usedAt(long now) {
        return new FetchedImage(id, references, brought, Math.max(usedAt, now));
    }
}
