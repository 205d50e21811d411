package dev.staithe.controlplane.leader;

import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.Store.LeaseId;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One leadership: keeps its lease alive and says when it is over, by its own clock before the lease can have run out.
 * Confined to the election's loop.
 */
final class Term {
    private final Leadership leadership;
    private final LeaseId lease;
    private final Duration timeToLive;
    private final Store store;
    private final Environment environment;
    private final EventLoop loop;
    private final Patience patience;
    private final Consumer<String> over;
    private EventLoop.@Nullable Timer watch;
    private EventLoop.@Nullable Timer keepAlive;
    private long endNanos;
    private boolean keySeen;
    private boolean ended;

    /** @param over told why the term is over, once, unless it is ended before */
    Term(
            Campaign.Verdict.Won won,
            Duration timeToLive,
            Store store,
            Environment environment,
            EventLoop loop,
            Patience patience,
            Consumer<String> over) {
        this.leadership = new Leadership(won.epoch());
        this.lease = won.lease();
        this.timeToLive = timeToLive;
        this.store = store;
        this.environment = environment;
        this.loop = loop;
        this.patience = patience;
        this.over = over;
        this.endNanos = end(won.sentNanos());
    }

    Leadership leadership() {
        return leadership;
    }

    /** Whether the lease may have run out. */
    boolean isOver() {
        return endNanos - environment.time().nanos() <= 0;
    }

    void start() {
        watchTheClock();
        keepAlive = loop.after(timeToLive.dividedBy(3), this::renew);
    }

    /** Stops keeping the lease alive; says nothing more. */
    void end() {
        ended = true;
        cancel(watch);
        cancel(keepAlive);
    }

    /** Gives the lease back, and with it the leader's key. Blocks. */
    void giveBack() throws StoreException {
        store.revokeLease(lease);
    }

    /**
     * What the feed says of the leader's key.
     *
     * <p>The feed may be behind the election: what it says of the time before this term, the last leader's key and its
     * disappearance, means nothing. From the moment it has told of this term's key it is believed.
     */
    void told(Optional<Entry> entry) {
        if (entry.isEmpty()) {
            if (keySeen) {
                over.accept("the leader's key is gone");
            }
            return;
        }
        long created = entry.get().created();
        keySeen |= created == leadership.epoch();
        if (created > leadership.epoch()) {
            over.accept("another leader is elected");
        }
    }

    private record Renewal(long sentNanos, boolean alive) {}

    private void renew() {
        environment
                .effects()
                .run(
                        loop,
                        () -> {
                            // The time before the call: the store counts from some moment after it.
                            long sent = environment.time().nanos();
                            return new Renewal(sent, store.renewLease(lease));
                        },
                        this::renewed);
    }

    private void renewed(Outcome<Renewal> outcome) {
        if (ended) {
            return;
        }
        switch (outcome) {
            case Outcome.Done<Renewal> done -> {
                if (!done.value().alive()) {
                    over.accept("the lease ran out at the store");
                    return;
                }
                patience.answered();
                endNanos = end(done.value().sentNanos());
                watchTheClock();
                keepAlive = loop.after(timeToLive.dividedBy(3), this::renew);
            }
            case Outcome.Failed<Renewal> failed -> {
                String cause = String.valueOf(failed.cause().getMessage());
                keepAlive = loop.after(patience.failed("the leader's lease is not renewed", cause), this::renew);
            }
        }
    }

    private void watchTheClock() {
        cancel(watch);
        long left = endNanos - environment.time().nanos();
        watch = loop.after(Duration.ofNanos(Math.max(0, left)), () -> {
            if (!ended && isOver()) {
                over.accept("no keep-alive was answered in time");
            }
        });
    }

    /** A fifth of the lease is kept for clocks that run apart and for stopping what the leader does. */
    private long end(long sentNanos) {
        return sentNanos + timeToLive.minus(timeToLive.dividedBy(5)).toNanos();
    }

    private static void cancel(EventLoop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
