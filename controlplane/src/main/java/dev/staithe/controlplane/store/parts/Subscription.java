package dev.staithe.controlplane.store.parts;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Store;
import dev.staithe.runtime.EventLoop;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One follower's feed: hands what the store offers to the follower on a loop of the store's, in the order offered.
 *
 * <p>The store calls {@link #changed}, {@link #progressed} and {@link #restart} in revision order and never at the same
 * time; {@link #close} may come from any thread. The lock is held while the follower is called: only so can close promise
 * that no call starts after it returns.
 */
public final class Subscription implements Store.Feed {
    private final EventLoop loop;
    private final Store.Follower follower;
    private final Consumer<Subscription> gone;
    private final ReentrantLock calling = new ReentrantLock();
    private boolean closed;
    private volatile boolean ended;
    private volatile long delivered;

    /**
     * @param afterRevision what the follower has already
     * @param gone told once, when the feed is closed or has ended by a restart
     */
    public Subscription(EventLoop loop, Store.Follower follower, long afterRevision, Consumer<Subscription> gone) {
        this.loop = loop;
        this.follower = follower;
        this.gone = gone;
        this.delivered = afterRevision;
    }

    /** The last revision that the follower was handed. */
    public long delivered() {
        return delivered;
    }

    /** Whether a restart was offered or the feed is closed: nothing more reaches the follower. */
    public boolean ended() {
        return ended;
    }

    /** Offers the changes of one revision. */
    public void changed(Batch batch) {
        post(() -> {
            if (!ended) {
                delivered = batch.revision();
                follower.changed(batch);
            }
        });
    }

    /** Offers the knowledge that nothing at or below the revision is missing. */
    public void progressed(long revision) {
        post(() -> {
            if (!ended) {
                delivered = Math.max(delivered, revision);
                follower.progressed(revision);
            }
        });
    }

    /** Ends the feed. What was offered and not handed over yet is dropped: the follower loads everything anew. */
    public void restart(String why) {
        if (!ended) {
            ended = true;
            post(() -> follower.restart(why));
            gone.accept(this);
        }
    }

    @Override
    public void close() {
        boolean told = ended;
        calling.lock();
        try {
            closed = true;
            ended = true;
        } finally {
            calling.unlock();
        }
        if (!told) {
            gone.accept(this);
        }
    }

    private void post(Runnable call) {
        loop.execute(() -> {
            calling.lock();
            try {
                if (!closed) {
                    call.run();
                }
            } finally {
                calling.unlock();
            }
        });
    }
}
