package dev.staithe.controlplane.store;

import java.time.Duration;
import java.util.Optional;

/**
 * A map from keys to bytes with one revision counter, guarded transactions and a feed of every change.
 *
 * <p>Calls block, each with a deadline of its own, and are made from effects or API threads, never on an event loop.
 * What was answered {@link CommitResult.Committed} is durable and in every later {@link #load}, {@link #get} and feed.
 *
 * <p>Only {@code commit} and {@code intent} (and {@code leader}, for its one key) may call {@link #commit}.
 */
public interface Store extends AutoCloseable {
    /** Every entry, all at one revision. */
    Snapshot load() throws StoreException;

    /** The entry as of a revision not older than the call (a linearizable read). */
    Optional<Entry> get(String key) throws StoreException;

    /**
     * Applies all mutations if every guard holds, else none.
     *
     * <p>Never throws for what happens to the store: a time-out or a lost connection is {@link CommitResult.Unknown}, and
     * the caller must find out what became of it before it tries again.
     */
    CommitResult commit(Txn txn);

    /**
     * Hands every change after the revision to the follower, in revision order, a transaction as one step, until the
     * feed is closed or tells the follower to restart.
     */
    Feed follow(long afterRevision, Follower follower);

    /**
     * Makes a lease. Keys put under it disappear when it is not renewed for as long as its time to live, when it is
     * revoked, or when the store's only process ends.
     */
    LeaseId grantLease(Duration timeToLive) throws StoreException;

    /** Starts the lease's time to live again; false when the lease is gone. */
    boolean renewLease(LeaseId lease) throws StoreException;

    /** Ends the lease and deletes its keys; nothing happens when it is gone already. */
    void revokeLease(LeaseId lease) throws StoreException;

    /** Releases connections and files. Feeds end without a word. */
    @Override
    void close();

    /** Names a lease. */
    record LeaseId(long value) {}

    /** A subscription to changes. */
    interface Feed extends AutoCloseable {
        /** No call to the follower starts after this returns. */
        @Override
        void close();
    }

    /** Who follows a feed. Called by one thread at a time, a thread of the store's: hand over to a loop and return. */
    interface Follower {
        /** The changes of one revision. Revisions only grow; none is left out or repeated. */
        void changed(Batch batch);

        /**
         * Everything at or below the revision has been handed over: the follower is current as of it. Sent when the
         * store knows, for example after a quiet time; not promised for every revision.
         */
        default void progressed(long revision) {}

        /** The feed has ended because changes were compacted away or are in doubt: load and follow again. */
        void restart(String why);
    }
}
