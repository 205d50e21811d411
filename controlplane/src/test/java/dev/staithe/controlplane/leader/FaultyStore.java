package dev.staithe.controlplane.leader;

import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One replica's way to the shared store, which can be cut, and which can lose the answer to a commit. */
final class FaultyStore implements Store {
    private final Store shared;
    private boolean cut;
    private Function<Txn, Optional<CommitResult>> nextCommit = txn -> Optional.empty();

    FaultyStore(Store shared) {
        this.shared = shared;
    }

    /** Nothing reaches the store any more. */
    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
    }

    /** The next commit is applied, but its answer is lost. */
    void loseNextAnswer() {
        nextCommit = txn -> {
            shared.commit(txn);
            return Optional.of(new CommitResult.Unknown("the answer is lost"));
        };
    }

    /** The next commit is lost on its way; {@code meanwhile} happens instead. */
    void loseNextCommit(Runnable meanwhile) {
        nextCommit = txn -> {
            meanwhile.run();
            return Optional.of(new CommitResult.Unknown("the request is lost"));
        };
    }

    /** The next commit is held up on its way; it is in the list once it was sent. */
    List<Txn> delayNextCommit() {
        List<Txn> delayed = new ArrayList<>();
        nextCommit = txn -> {
            delayed.add(txn);
            return Optional.of(new CommitResult.Unknown("the request is held up"));
        };
        return delayed;
    }

    @Override
    public Snapshot load() throws StoreException {
        requireWay();
        return shared.load();
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        requireWay();
        return shared.get(key);
    }

    @Override
    public CommitResult commit(Txn txn) {
        if (cut) {
            return new CommitResult.Unknown("cut off");
        }
        Function<Txn, Optional<CommitResult>> fault = nextCommit;
        nextCommit = other -> Optional.empty();
        return fault.apply(txn).orElseGet(() -> shared.commit(txn));
    }

    @Override
    public Feed follow(long afterRevision, Follower follower) {
        return shared.follow(afterRevision, follower);
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        requireWay();
        return shared.grantLease(timeToLive);
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        requireWay();
        return shared.renewLease(lease);
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        requireWay();
        shared.revokeLease(lease);
    }

    @Override
    public void close() {}

    private void requireWay() throws StoreException {
        if (cut) {
            throw new StoreException("cut off");
        }
    }
}
