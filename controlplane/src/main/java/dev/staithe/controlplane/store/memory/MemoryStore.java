package dev.staithe.controlplane.store.memory;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.parts.Guards;
import dev.staithe.controlplane.store.parts.Leases;
import dev.staithe.controlplane.store.parts.Subscription;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The store kept in memory: for tests and the simulator, where it stands for the store that all control planes share.
 * Nothing in it survives the process.
 *
 * <p>It has no thread and no clock of its own and nothing in it depends on the order of a hash: the same calls give the
 * same revisions and events. Callers may still be real threads, so a lock keeps each call whole; the state is not confined
 * to the loop instead because a call must answer at once, and in the simulator the loop's only thread is the caller's.
 */
public final class MemoryStore implements Store {
    /** Changes kept for followers; older ones are compacted away. */
    private static final int HISTORY = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final EventLoop loop;
    private final Leases leases;
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final Deque<Batch> history = new ArrayDeque<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private boolean closed;

    /**
     * @param time what leases run out by
     * @param loop where leases run out and followers are called
     */
    public MemoryStore(Time time, EventLoop loop) {
        this.loop = loop;
        this.leases = new Leases(time, loop, this::expire);
    }

    @Override
    public Snapshot load() throws StoreException {
        lock.lock();
        try {
            requireOpen();
            return new Snapshot(revision, List.copyOf(entries.values()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        lock.lock();
        try {
            requireOpen();
            return Optional.ofNullable(entries.get(key));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CommitResult commit(Txn txn) {
        lock.lock();
        try {
            if (closed) {
                return new CommitResult.Refused("the store is closed");
            }
            Optional<CommitResult> refusal =
                    Guards.refusal(txn.guards(), revision, key -> Optional.ofNullable(entries.get(key)));
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
            return new CommitResult.Committed(revision);
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
            if (afterRevision < compacted) {
                subscription.restart("changes up to revision " + compacted + " are compacted away, the feed was at "
                        + afterRevision);
            } else if (afterRevision > revision) {
                subscription.restart("the store is at revision " + revision + ", the feed was at " + afterRevision);
            } else {
                history.stream()
                        .filter(batch -> batch.revision() > afterRevision)
                        .forEach(subscription::changed);
                subscription.progressed(revision);
            }
            return subscription;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        lock.lock();
        try {
            requireOpen();
            return leases.grant(timeToLive);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        lock.lock();
        try {
            requireOpen();
            return leases.renew(lease);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        lock.lock();
        try {
            requireOpen();
            deleteKeysOf(lease);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the changes up to the revision. Followers that have not got that far yet must load again. */
    public void compact(long upTo) {
        lock.lock();
        try {
            if (upTo > revision) {
                throw new IllegalArgumentException("compaction at " + upTo + " (expected: at most " + revision + ")");
            }
            compacted = Math.max(compacted, upTo);
            while (!history.isEmpty() && history.getFirst().revision() <= compacted) {
                history.removeFirst();
            }
            for (Subscription subscription : List.copyOf(subscriptions)) {
                if (subscription.delivered() < upTo) {
                    subscription.restart("changes up to revision " + upTo + " are compacted away, the feed was at "
                            + subscription.delivered());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<Subscription> open;
        lock.lock();
        try {
            closed = true;
            leases.close();
            open = List.copyOf(subscriptions);
        } finally {
            lock.unlock();
        }
        // Without the lock: a follower that is being called may be waiting for it.
        open.forEach(Subscription::close);
    }

    private void expire(LeaseId lease) {
        lock.lock();
        try {
            if (!leases.alive(lease)) {
                deleteKeysOf(lease);
            }
        } finally {
            lock.unlock();
        }
    }

    private void deleteKeysOf(LeaseId lease) {
        List<Mutation> deletions = new ArrayList<>();
        leases.keys(lease).forEach(key -> deletions.add(new Mutation.Delete(key)));
        leases.end(lease);
        apply(deletions);
    }

    /** Applies the changes as one revision, or as none when they change nothing. */
    private void apply(List<Mutation> mutations) {
        long next = revision + 1;
        List<StoreEvent> events = new ArrayList<>();
        for (Mutation mutation : mutations) {
            switch (mutation) {
                case Mutation.Put put -> {
                    leases.detach(put.key());
                    events.add(put(put.key(), put.value(), next));
                }
                case Mutation.PutLeased put -> {
                    leases.attach(put.key(), put.lease());
                    events.add(put(put.key(), put.value(), next));
                }
                case Mutation.Delete delete -> {
                    leases.detach(delete.key());
                    if (entries.remove(delete.key()) != null) {
                        events.add(new StoreEvent.Deleted(delete.key()));
                    }
                }
            }
        }
        if (!events.isEmpty()) {
            revision = next;
            publish(new Batch(next, events));
        }
    }

    private StoreEvent put(String key, ByteString value, long next) {
        Entry before = entries.get(key);
        Entry entry = new Entry(key, value, next, before == null ? next : before.created());
        entries.put(key, entry);
        return new StoreEvent.Put(entry);
    }

    private void publish(Batch batch) {
        history.addLast(batch);
        if (history.size() > HISTORY) {
            compacted = history.removeFirst().revision();
        }
        subscriptions.forEach(subscription -> subscription.changed(batch));
    }

    private void forget(Subscription subscription) {
        lock.lock();
        try {
            subscriptions.remove(subscription);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws StoreException {
        if (closed) {
            throw new StoreException("the store is closed");
        }
    }
}
