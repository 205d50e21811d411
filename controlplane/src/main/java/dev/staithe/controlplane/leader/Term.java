package dev.staithe.controlplane.leader;

import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Store.LeaseId;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One leadership and how long it may be relied on. Confined to the election's loop. */
final class Term {
    final Leadership leadership;
    final LeaseId lease;
    EventLoop.@Nullable Timer watch;
    EventLoop.@Nullable Timer keepAlive;
    private final Duration timeToLive;
    private long endNanos;
    private boolean keySeen;

    Term(long epoch, LeaseId lease, Duration timeToLive, long sentNanos) {
        this.leadership = new Leadership(epoch);
        this.lease = lease;
        this.timeToLive = timeToLive;
        this.endNanos = end(sentNanos);
    }

    /** A keep-alive that was sent at this time was answered. */
    void extend(long sentNanos) {
        endNanos = end(sentNanos);
    }

    boolean isOver(Time time) {
        return endNanos - time.nanos() <= 0;
    }

    /** How long the term lasts unless it is extended. */
    Duration left(Time time) {
        return Duration.ofNanos(Math.max(0, endNanos - time.nanos()));
    }

    /**
     * Why the term is over, when what the feed says of the leader's key means that.
     *
     * <p>The feed may be behind the election: what it says of the time before this term, the last leader's key and its
     * disappearance, means nothing. From the moment it has told of this term's key it is believed.
     */
    Optional<String> told(Optional<Entry> entry) {
        if (entry.isEmpty()) {
            return keySeen ? Optional.of("the leader's key is gone") : Optional.empty();
        }
        long created = entry.get().created();
        keySeen |= created == leadership.epoch();
        return created > leadership.epoch() ? Optional.of("another leader is elected") : Optional.empty();
    }

    /** A fifth of the lease is kept for clocks that run apart and for stopping what the leader does. */
    private long end(long sentNanos) {
        return sentNanos + timeToLive.minus(timeToLive.dividedBy(5)).toNanos();
    }
}
