package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A store whose next commits and reads go as the test says. */
public final class FaultyStore implements Store {
    private final Store store;
    private final Deque<Fault> faults = new ArrayDeque<>();
    private boolean unreadable;

    FaultyStore(Store store) {
        this.store = store;
    }

    /** How one commit goes; what the store itself would do is handed in. */
    @FunctionalInterface
    public interface Fault {
        CommitResult commit(Txn txn, Store store);
    }

    /** Applied, but the answer is lost. */
    public static final Fault APPLIED_UNSEEN = (txn, store) -> {
        store.commit(txn);
        return new CommitResult.Unknown("timed out after 5 s");
    };

    /** Never applied, and nobody knows. */
    public static final Fault LOST = (txn, store) -> new CommitResult.Unknown("timed out after 5 s");

    public static final Fault FULL = (txn, store) -> new CommitResult.Refused("no space left on device");

    /** Somebody else writes first. */
    public static Fault after(Runnable other) {
        return (txn, store) -> {
            other.run();
            return store.commit(txn);
        };
    }

    /** The next commits go like this, one after the other; later ones as usual. */
    public void next(Fault... coming) {
        faults.addAll(java.util.List.of(coming));
    }

    public void unreadable(boolean now) {
        unreadable = now;
    }

    @Override
    public Snapshot load() throws StoreException {
        requireReadable();
        return store.load();
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        requireReadable();
        return store.get(key);
    }

    private void requireReadable() throws StoreException {
        if (unreadable) {
            throw new StoreException("no answer within 5 s");
        }
    }

    @Override
    public CommitResult commit(Txn txn) {
        Fault fault = faults.poll();
        return fault == null ? store.commit(txn) : fault.commit(txn, store);
    }

    @Override
    public Feed follow(long afterRevision, Follower follower) {
        return store.follow(afterRevision, follower);
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        return store.grantLease(timeToLive);
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        return store.renewLease(lease);
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        store.revokeLease(lease);
    }

    @Override
    public void close() {
        store.close();
    }
}
