package dev.staithe.controlplane.store.local;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.parts.Guards;
import dev.staithe.controlplane.store.parts.Leases;
import dev.staithe.controlplane.store.parts.Subscription;
import dev.staithe.runtime.DirectoryLock;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of one machine, in a directory that belongs to this process: durable before it answers.
 *
 * <p>Hard state: the journal. Soft state: leases, which end with the process, so that whoever opens the directory next
 * first deletes the keys that hung on them. A full disk refuses changes and loses nothing; the next change after there is
 * space again goes through. One lock guards it all: SQLite has one writer anyway, and callers are effects that may wait.
 */
public final class LocalStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);

    /** Revisions that followers can still resume from; what is older is compacted away. */
    private static final int KEPT_REVISIONS = 1000;

    /** Revisions worked through in one step of a compaction: what a commit may have to wait for. */
    private static final int REVISIONS_PER_STEP = 20;

    /** How long until the keys of a lease that ran out are tried again, when they could not be deleted. */
    private static final Duration EXPIRY_RETRY = Duration.ofSeconds(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Environment environment;
    private final EventLoop loop;
    private final DirectoryLock directory;
    private final Journal journal;
    private final Leases leases;
    private final Compaction compaction;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private @Nullable String unusable;

    private LocalStore(Environment environment, DirectoryLock directory, Journal journal) {
        this.environment = environment;
        this.loop = environment.loop("store");
        this.directory = directory;
        this.journal = journal;
        this.leases = new Leases(environment.time(), loop, lease -> ranOut(lease, false));
        this.compaction =
                new Compaction(environment, loop, target -> reading(() -> journal.compact(target, REVISIONS_PER_STEP)));
    }

    /**
     * Opens the store, making the directory (mode 0700) when it is missing. Blocks; the loop it makes runs leases and
     * followers.
     *
     * @throws UnusableStoreException when the directory is another process's, or what is in it is damaged
     */
    public static LocalStore open(Path directory, Environment environment) throws UnusableStoreException {
        DirectoryLock held = lock(directory);
        try {
            LocalStore store = new LocalStore(environment, held, DatabaseFile.open(directory));
            store.deleteKeysOfDeadProcess();
            return store;
        } catch (UnusableStoreException e) {
            release(held);
            throw e;
        }
    }

    @Override
    public Snapshot load() throws StoreException {
        return reading(() -> new Snapshot(
                journal.revision(), journal.live().stream().map(Change::entry).toList()));
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        return reading(() -> entry(key));
    }

    @Override
    public CommitResult commit(Txn txn) {
        lock.lock();
        try {
            if (unusable != null) {
                return new CommitResult.Refused(unusable);
            }
            Optional<CommitResult> refusal = Guards.refusal(txn.guards(), journal.revision(), this::entry);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            for (Mutation mutation : txn.mutations()) {
                if (mutation instanceof Mutation.PutLeased put && !leases.alive(put.lease())) {
                    return new CommitResult.Refused("lease " + put.lease().value() + " of " + put.key()
                            + " is gone (expected: a lease that lives)");
                }
            }
            apply(txn.mutations());
            return new CommitResult.Committed(journal.revision());
        } catch (SQLException e) {
            return failed(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Feed follow(long afterRevision, Follower follower) {
        lock.lock();
        try {
            Subscription subscription = new Subscription(loop, follower, afterRevision, this::forget);
            subscriptions.add(subscription);
            if (afterRevision < journal.compacted()) {
                subscription.restart("changes up to revision " + journal.compacted()
                        + " are compacted away, the feed was at " + afterRevision);
            } else if (afterRevision > journal.revision()) {
                subscription.restart(
                        "the store is at revision " + journal.revision() + ", the feed was at " + afterRevision);
            } else {
                journal.batchesAfter(afterRevision).forEach(subscription::changed);
                subscription.progressed(journal.revision());
            }
            return subscription;
        } catch (SQLException e) {
            Subscription failed = subscriptions.removeLast();
            failed.restart("the store cannot be read: " + SqliteFailure.of(e).what());
            return failed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        return reading(() -> leases.grant(timeToLive));
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        return reading(() -> leases.renew(lease));
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        boolean ignored = reading(() -> deleteKeysOf(lease));
    }

    @Override
    public void close() {
        List<Subscription> open;
        lock.lock();
        try {
            if (unusable == null) {
                unusable = "the store is closed";
            }
            leases.close();
            open = List.copyOf(subscriptions);
            journal.close();
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("store did not close cleanly");
            open = List.copyOf(subscriptions);
        } finally {
            lock.unlock();
        }
        // Without the lock: a follower that is being called may be waiting for it.
        open.forEach(Subscription::close);
        loop.close();
        release(directory);
    }

    /** Compacts up to the revision at once. For tests; the store does it by itself, step by step. */
    void compact(long upTo) throws StoreException {
        boolean ignored = reading(() -> journal.compact(upTo, Integer.MAX_VALUE));
    }

    /** Lets the database grow to so many pages: a disk that fills up, for tests. */
    void limitPages(int pages) throws StoreException {
        boolean ignored = reading(() -> journal.limitPages(pages));
    }

    private interface Reading<T> {
        T read() throws SQLException;
    }

    private <T> T reading(Reading<T> reading) throws StoreException {
        lock.lock();
        try {
            if (unusable != null) {
                throw new StoreException(unusable);
            }
            return reading.read();
        } catch (SQLException e) {
            throw new StoreException("the store failed: " + SqliteFailure.of(e).what(), e);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Entry> entry(String key) throws SQLException {
        return journal.newest(key).filter(change -> !change.deleted()).map(Change::entry);
    }

    /** Makes the changes durable as one revision, or as none when they change nothing, and tells the followers. */
    private void apply(List<Mutation> mutations) throws SQLException {
        long next = journal.revision() + 1;
        List<Change> changes = new ArrayList<>();
        for (Mutation mutation : mutations) {
            Optional<Change> before = journal.newest(mutation.key()).filter(change -> !change.deleted());
            Change.of(mutation, before, next, changes.size()).ifPresent(changes::add);
        }
        if (changes.isEmpty()) {
            return;
        }
        journal.append(changes);
        mutations.forEach(this::hang);
        Batch batch = new Batch(next, changes.stream().map(Change::event).toList());
        subscriptions.forEach(subscription -> subscription.changed(batch));
        compactWhenWorthIt();
    }

    private void hang(Mutation mutation) {
        switch (mutation) {
            case Mutation.Put put -> leases.detach(put.key());
            case Mutation.PutLeased put -> leases.attach(put.key(), put.lease());
            case Mutation.Delete delete -> leases.detach(delete.key());
        }
    }

    private CommitResult failed(SQLException e) {
        SqliteFailure failure = SqliteFailure.of(e);
        LOG.atWarn().addKeyValue("cause", failure.what()).log("change refused by the embedded store");
        if (failure instanceof SqliteFailure.NotKept) {
            // What was written may appear after a restart: until then nothing this process says about it is true.
            unusable = failure.what() + ". Restart the control plane when the disk is sound";
        }
        return failure.result();
    }

    private void ranOut(LeaseId lease, boolean toldAlready) {
        environment.effects().run(loop, () -> reading(() -> leases.alive(lease) || deleteKeysOf(lease)), outcome -> {
            if (outcome instanceof Outcome.Failed<Boolean> failed) {
                if (!toldAlready) {
                    LOG.atWarn()
                            .addKeyValue("lease", lease.value())
                            .addKeyValue("cause", failed.cause().getMessage())
                            .log("the keys of a lease that ran out cannot be deleted yet");
                }
                loop.after(EXPIRY_RETRY, () -> ranOut(lease, true));
            }
        });
    }

    private boolean deleteKeysOf(LeaseId lease) throws SQLException {
        List<Mutation> deletions = new ArrayList<>();
        leases.keys(lease).forEach(key -> deletions.add(new Mutation.Delete(key)));
        apply(deletions);
        leases.end(lease);
        return true;
    }

    private void deleteKeysOfDeadProcess() throws UnusableStoreException {
        try {
            List<Mutation> deletions = new ArrayList<>();
            journal.leased().forEach(change -> deletions.add(new Mutation.Delete(change.key())));
            apply(deletions);
        } catch (SQLException e) {
            close();
            throw new UnusableStoreException(
                    "the store cannot be changed: " + SqliteFailure.of(e).what()
                            + ". Free some space on its file system",
                    e);
        }
    }

    private void compactWhenWorthIt() {
        long target = journal.revision() - KEPT_REVISIONS;
        if (target - journal.compacted() >= KEPT_REVISIONS) {
            compaction.start(target);
        }
    }

    private void forget(Subscription subscription) {
        lock.lock();
        try {
            subscriptions.remove(subscription);
        } finally {
            lock.unlock();
        }
    }

    private static DirectoryLock lock(Path directory) throws UnusableStoreException {
        try {
            return DirectoryLock.acquire(directory);
        } catch (DirectoryLock.HeldException e) {
            throw new UnusableStoreException(
                    e.getMessage() + ". Stop that process, or configure another directory for the store", e);
        } catch (IOException e) {
            throw new UnusableStoreException(directory + " cannot be used for the store: " + e, e);
        }
    }

    private static void release(DirectoryLock held) {
        try {
            held.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("directory lock did not close cleanly");
        }
    }
}
