package dev.staithe.controlplane.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.memory.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateReplicaTest {
    private final ManualEnvironment manual = new ManualEnvironment();
    private final MemoryStore memory = new MemoryStore(manual.time(), manual.loop("store"));
    private final Unreadable store = new Unreadable(memory);
    private final List<String> told = new ArrayList<>();
    private final StateReplica replica =
            new StateReplica(store, manual.environment(), manual.loop("control"), new Told());

    @Test
    void loadsOnceAndFollowsFromThere() {
        long first = write("a");
        replica.start();
        manual.run();
        long second = write("b");
        manual.run();

        assertThat(told).containsExactly("reset " + first, "changed " + first + " " + second);
        assertThat(replica.current().revision()).isEqualTo(second);
    }

    @Test
    void triesAgainUntilTheStoreCanBeRead() {
        store.unreadable = true;
        replica.start();
        manual.advance(Duration.ofMinutes(1));
        assertThat(told).isEmpty();
        // Ever less often: a store that is down is not hammered.
        assertThat(store.loads).isBetween(12, 30);

        store.unreadable = false;
        manual.advance(Duration.ofSeconds(7));

        assertThat(told).hasSize(1);
    }

    @Test
    void loadsAgainWhenTheFeedCannotGoOn() {
        replica.start();
        manual.run();
        long latest = write("a");
        memory.compact(latest);
        manual.run();
        long next = write("b");
        manual.run();

        assertThat(told).endsWith("reset " + latest, "changed " + latest + " " + next);
    }

    @Test
    void whoeverAwaitsARevisionIsAnsweredOnceItIsThere() {
        replica.start();
        manual.run();
        long next = write("a");

        assertThat(replica.await(next, Duration.ofSeconds(1)).revision()).isEqualTo(next);
        assertThat(replica.await(1, Duration.ofSeconds(1)).revision()).isEqualTo(next);
    }

    @Test
    void whoeverAwaitsTooLongGetsTheNewestAndIsForgotten() {
        long first = write("a");
        replica.start();
        manual.run();

        assertThat(replica.await(first + 1, Duration.ofSeconds(1)).revision()).isEqualTo(first);
        manual.run();

        assertThat(replica.waiting()).isZero();
    }

    @Test
    void subscribersSeeEveryStateUntilTheyLeave() throws Exception {
        List<Long> seen = new ArrayList<>();
        AutoCloseable subscription = replica.subscribe(state -> seen.add(state.revision()));
        replica.start();
        manual.run();
        long next = write("a");
        manual.run();
        subscription.close();
        write("b");
        manual.run();

        assertThat(seen).containsExactly(next - 1, next);
    }

    @Test
    void tellsNothingOnceItIsClosed() {
        replica.start();
        manual.run();
        write("a");
        replica.close();
        manual.run();
        write("b");
        manual.run();

        assertThat(told).hasSizeBetween(1, 2);
        assertThat(told).doesNotContain("reset 3");
    }

    private long write(String id) {
        CommitResult result = memory.commit(new Txn(
                List.of(),
                List.of(new Mutation.Put(Keys.cluster(id), Records.bytes(new Cluster(id, 1, List.of(), 0))))));
        return ((CommitResult.Committed) result).revision();
    }

    private final class Told implements StateReplica.Listener {
        @Override
        public void changed(ClusterState before, ClusterState after, Batch batch) {
            told.add("changed " + before.revision() + " " + after.revision());
        }

        @Override
        public void reset(ClusterState after) {
            told.add("reset " + after.revision());
        }
    }

    /** A store that can be followed and, unless the test says otherwise, read. */
    private static final class Unreadable implements Store {
        private final Store store;
        private boolean unreadable;
        private int loads;

        Unreadable(Store store) {
            this.store = store;
        }

        @Override
        public Snapshot load() throws StoreException {
            loads++;
            if (unreadable) {
                throw new StoreException("down");
            }
            return store.load();
        }

        @Override
        public Feed follow(long afterRevision, Follower follower) {
            return store.follow(afterRevision, follower);
        }

        @Override
        public Optional<Entry> get(String key) {
            throw new AssertionError(key);
        }

        @Override
        public CommitResult commit(Txn txn) {
            throw new AssertionError(txn);
        }

        @Override
        public LeaseId grantLease(Duration timeToLive) {
            throw new AssertionError(timeToLive);
        }

        @Override
        public boolean renewLease(LeaseId lease) {
            throw new AssertionError(lease);
        }

        @Override
        public void revokeLease(LeaseId lease) {
            throw new AssertionError(lease);
        }

        @Override
        public void close() {}
    }
}
