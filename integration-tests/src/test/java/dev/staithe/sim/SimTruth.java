package dev.staithe.sim;

import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.memory.MemoryStore;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the store really holds, which no process sees without its {@link SimStore} in between. It stands for an etcd cluster
 * that never forgets, and shows every change to those who watch over the simulation.
 */
final class SimTruth {
    /** Who asked for a transaction. */
    record Writer(String process, Txn txn) {}

    /** Who watches: called in the middle of the change, and not allowed to change anything. */
    interface Watcher {
        /**
         * One revision.
         *
         * @param writer null when a lease ran out or was given up
         */
        void changed(ClusterState before, ClusterState after, Batch batch, @Nullable Writer writer);
    }

    private final MemoryStore store;
    private final List<Watcher> watchers = new ArrayList<>();
    private ClusterState state = ClusterState.EMPTY;
    private @Nullable Writer writing;

    SimTruth(SimScheduler scheduler, SimProcess world) {
        Time time = new Time() {
            @Override
            public Instant now() {
                return SimEnvironment.BEGINNING.plusNanos(scheduler.nanos());
            }

            @Override
            public long nanos() {
                return scheduler.nanos();
            }
        };
        store = new MemoryStore(time, new DirectLoop(scheduler, world));
        store.follow(1, new Store.Follower() {
            @Override
            public void changed(Batch batch) {
                apply(batch);
            }

            @Override
            public void restart(String why) {
                throw new SimulationFailure("the truth's own feed ended: " + why);
            }
        });
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /** The newest state. */
    ClusterState state() {
        return state;
    }

    /** Who leads, by the store: the revision at which the leader's key was made. */
    Optional<Entry> leader() {
        return entry(Keys.LEADER);
    }

    Optional<Entry> entry(String key) {
        try {
            return store.get(key);
        } catch (StoreException e) {
            throw new SimulationFailure("the truth does not answer", e);
        }
    }

    Snapshot load() throws StoreException {
        return store.load();
    }

    CommitResult commit(Writer writer) {
        writing = writer;
        try {
            return store.commit(writer.txn());
        } finally {
            writing = null;
        }
    }

    Store.Feed follow(long after, Store.Follower follower) {
        return store.follow(after, follower);
    }

    Store.LeaseId grantLease(Duration timeToLive) throws StoreException {
        return store.grantLease(timeToLive);
    }

    boolean renewLease(Store.LeaseId lease) throws StoreException {
        return store.renewLease(lease);
    }

    void revokeLease(Store.LeaseId lease) throws StoreException {
        store.revokeLease(lease);
    }

    /** Forgets all changes so far: who has not seen them must load. */
    void compact() {
        store.compact(state.revision());
    }

    private void apply(Batch batch) {
        ClusterState before = state;
        state = before.with(batch);
        for (Watcher watcher : watchers) {
            watcher.changed(before, state, batch, writing);
        }
    }

    /** Runs at once what it is handed: the truth is never late, {@link SimStore} is. Timers are events. */
    private record DirectLoop(SimScheduler scheduler, SimProcess world) implements EventLoop {
        @Override
        public void execute(Runnable work) {
            work.run();
        }

        @Override
        public Timer after(Duration delay, Runnable work) {
            return scheduler.after(world, delay, "store", work)::cancel;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void close() {}
    }
}
