package dev.staithe.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.CommitResult.Committed;
import dev.staithe.controlplane.store.CommitResult.Conflict;
import dev.staithe.controlplane.store.CommitResult.Fenced;
import dev.staithe.controlplane.store.CommitResult.Refused;
import dev.staithe.controlplane.store.Store.LeaseId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every store promises. Each implementation passes it, on virtual time or against the real thing. */
public abstract class StoreContract {
    protected static final String A = Keys.ROOT + "test/a";
    protected static final String B = Keys.ROOT + "test/b";
    protected static final String C = Keys.ROOT + "test/c";

    private final List<Store.Feed> feeds = new ArrayList<>();

    /** The store under test, empty at the start of each test. */
    protected abstract Store store();

    /** Lets the store work until the condition holds; fails when it does not come to hold. */
    protected abstract void await(BooleanSupplier condition);

    /** Lets the store do all that it would do by now without being asked. */
    protected abstract void settle();

    /** Lets this much time pass. */
    protected abstract void pass(Duration duration);

    /** Forgets the changes up to the revision. */
    protected abstract void compact(long revision);

    /** The shortest lease that the store can grant. */
    protected abstract Duration shortestLease();

    @AfterEach
    final void closeFeeds() {
        feeds.forEach(Store.Feed::close);
    }

    @Test
    void answersWhatWasPut() throws Exception {
        long revision = put(A, "1");

        assertThat(store().get(A)).contains(new Entry(A, bytes("1"), revision, revision));
        assertThat(store().get(B)).isEmpty();
        assertThat(store().load().entries()).containsExactly(new Entry(A, bytes("1"), revision, revision));
        assertThat(store().load().revision()).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void loadsEntriesInTheOrderOfTheirKeys() throws Exception {
        put(C, "3");
        put(A, "1");
        put(B, "2");

        assertThat(store().load().entries()).extracting(Entry::key).containsExactly(A, B, C);
    }

    @Test
    void keepsBinaryAndEmptyValues() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        commit(List.of(), new Mutation.Put(A, ByteString.copyFrom(all)), new Mutation.Put(B, ByteString.EMPTY));

        assertThat(store().get(A).orElseThrow().value().toByteArray()).isEqualTo(all);
        assertThat(store().get(B).orElseThrow().value().isEmpty()).isTrue();
    }

    @Test
    void keepsKeysThatAreNotAscii() throws Exception {
        String key = Keys.ROOT + "test/größe%_'\"";
        put(key, "1");

        assertThat(store().get(key)).isPresent();
        assertThat(store().load().entries()).extracting(Entry::key).containsExactly(key);
    }

    @Test
    void growsTheRevisionWithEveryChange() {
        long first = put(A, "1");
        long second = put(A, "1");
        long third = delete(A);

        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    void remembersWhenAKeyWasCreated() throws Exception {
        long created = put(A, "1");
        long changed = put(A, "2");
        assertThat(store().get(A)).contains(new Entry(A, bytes("2"), changed, created));

        delete(A);
        long again = put(A, "3");
        assertThat(store().get(A)).contains(new Entry(A, bytes("3"), again, again));
    }

    @Test
    void changesNothingWhenAnUnchangedGuardFails() throws Exception {
        long old = put(A, "1");
        long now = put(A, "2");

        CommitResult refused = store().commit(txn(List.of(new Guard.Unchanged(A, old)), setTo(A, "x"), setTo(B, "x")));
        CommitResult absent = store().commit(txn(List.of(new Guard.Unchanged(B, now)), setTo(B, "x")));
        CommitResult applied = store().commit(txn(List.of(new Guard.Unchanged(A, now)), setTo(A, "3")));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Conflict.class, c -> assertThat(c.revision()).isGreaterThanOrEqualTo(now));
        assertThat(absent).isInstanceOf(Conflict.class);
        assertThat(applied).isInstanceOf(Committed.class);
        assertThat(value(A)).isEqualTo("3");
        assertThat(store().get(B)).isEmpty();
    }

    @Test
    void changesNothingWhenAnAbsentGuardFails() throws Exception {
        put(A, "1");

        CommitResult refused = store().commit(txn(List.of(new Guard.Absent(A)), setTo(A, "x"), setTo(B, "x")));
        delete(A);
        CommitResult applied = store().commit(txn(List.of(new Guard.Absent(A)), setTo(A, "2")));

        assertThat(refused).isInstanceOf(Conflict.class);
        assertThat(applied).isInstanceOf(Committed.class);
        assertThat(value(A)).isEqualTo("2");
        assertThat(store().get(B)).isEmpty();
    }

    @Test
    void fencesWhoDoesNotHoldTheKeyAnyMore() throws Exception {
        long created = put(A, "leader");
        put(A, "leader still");
        Guard held = new Guard.Held(A, created);
        assertThat(store().commit(txn(List.of(held), setTo(B, "1")))).isInstanceOf(Committed.class);

        delete(A);
        assertThat(store().commit(txn(List.of(held), setTo(B, "x")))).isEqualTo(new Fenced());
        put(A, "other leader");
        assertThat(store().commit(txn(List.of(held), setTo(B, "x")))).isEqualTo(new Fenced());

        assertThat(value(B)).isEqualTo("1");
    }

    @Test
    void fencesBeforeItReportsAConflict() {
        long created = put(A, "leader");
        put(B, "1");
        Guard conflicting = new Guard.Absent(B);

        CommitResult whileHeld = store().commit(txn(List.of(conflicting, new Guard.Held(A, created)), setTo(C, "x")));
        delete(A);
        CommitResult afterwards = store().commit(txn(List.of(conflicting, new Guard.Held(A, created)), setTo(C, "x")));

        assertThat(whileHeld).isInstanceOf(Conflict.class);
        assertThat(afterwards).isEqualTo(new Fenced());
    }

    @Test
    void answersABarrierWithARevisionThatTheFeedReaches() throws Exception {
        long created = put(A, "leader");
        Recorder recorder = new Recorder();
        follow(store().load().revision(), recorder);
        CommitResult barrier = store().commit(txn(List.of(new Guard.Held(A, created))));
        CommitResult idle = store().commit(txn(List.of(), new Mutation.Delete(C)));

        long reached = Math.max(((Committed) barrier).revision(), ((Committed) idle).revision());
        await(() -> recorder.revision() >= reached);
        assertThat(recorder.batches).isEmpty();
        assertThat(store().load().entries()).hasSize(1);
    }

    @Test
    void tellsATransactionAsOneStep() {
        put(B, "1");
        Recorder recorder = new Recorder();
        follow(revision(), recorder);
        long revision = commit(List.of(), setTo(A, "2"), new Mutation.Delete(B), setTo(C, "2"));

        await(() -> recorder.batches.size() == 1);
        assertThat(recorder.batches.element().revision()).isEqualTo(revision);
        assertThat(recorder.batches.element().events())
                .containsExactlyInAnyOrder(
                        new StoreEvent.Put(new Entry(A, bytes("2"), revision, revision)),
                        new StoreEvent.Deleted(B),
                        new StoreEvent.Put(new Entry(C, bytes("2"), revision, revision)));
    }

    @Test
    void tellsNothingOfADeletionThatDeletesNothing() {
        Recorder recorder = new Recorder();
        follow(revision(), recorder);
        delete(A);
        put(B, "1");

        await(() -> !recorder.batches.isEmpty());
        assertThat(recorder.story()).isEqualTo("[+" + B + "]");
    }

    @Test
    void followsFromAnOldRevision() {
        put(A, "0");
        long start = revision();
        put(A, "1");
        delete(A);
        commit(List.of(), setTo(A, "2"), setTo(B, "2"));
        Recorder recorder = new Recorder();
        follow(start, recorder);
        put(C, "3");

        await(() -> recorder.batches.size() == 4);
        assertThat(recorder.story()).isEqualTo("[+%s] [-%s] [+%s +%s] [+%s]".formatted(A, A, A, B, C));
    }

    @Test
    void makesLoadAndFollowEqualToWhatIsThereLater() throws Exception {
        for (int i = 0; i < 40; i++) {
            put(key(i % 7), "before" + i);
        }
        Snapshot start = store().load();
        Recorder recorder = new Recorder();
        follow(start.revision(), recorder);
        for (int i = 0; i < 60; i++) {
            if (i % 5 == 0) {
                delete(key(i % 11));
            } else {
                commit(List.of(), setTo(key(i % 11), "v" + i), setTo(key(20 + i % 3), "w" + i));
            }
        }
        long last = put(key(50), "last");
        await(() -> recorder.revision() >= last);
        Map<String, Entry> now = new TreeMap<>();
        store().load().entries().forEach(entry -> now.put(entry.key(), entry));
        assertThat(recorder.replayOnto(start.entries())).isEqualTo(now);
    }

    @Test
    void asksAFollowerToRestartWhenItsChangesAreCompactedAway() {
        long old = put(A, "1");
        for (int i = 0; i < 5; i++) {
            put(A, "more" + i);
        }
        long last = put(A, "last");
        compact(last);

        Recorder behind = new Recorder();
        Recorder current = new Recorder();
        follow(old, behind);
        follow(last, current);
        await(() -> !behind.restarts.isEmpty());
        put(B, "1");
        await(() -> !current.batches.isEmpty());

        assertThat(behind.restarts).hasSize(1);
        assertThat(behind.batches).isEmpty();
        assertThat(current.restarts).isEmpty();
        assertThat(current.story()).isEqualTo("[+" + B + "]");
    }

    @Test
    void asksAFollowerToRestartThatClaimsARevisionNotReachedYet() {
        put(A, "1");
        Recorder recorder = new Recorder();
        follow(revision() + 5, recorder);

        await(() -> !recorder.restarts.isEmpty());
    }

    @Test
    void keepsWhatIsThereWhenHistoryIsCompactedAway() throws Exception {
        put(A, "1");
        put(B, "1");
        put(A, "2");
        delete(B);
        long last = put(C, "1");
        List<Entry> before = store().load().entries();
        compact(last);

        assertThat(store().load().entries()).isEqualTo(before);
        assertThat(store().load().revision()).isGreaterThanOrEqualTo(last);
        assertThat(put(A, "3")).isGreaterThan(last);
    }

    @Test
    void staysSilentAfterAFeedIsClosed() {
        Recorder closed = new Recorder();
        Recorder open = new Recorder();
        Store.Feed first = follow(revision(), closed);
        follow(revision(), open);
        put(A, "1");
        await(() -> !open.batches.isEmpty() && !closed.batches.isEmpty());
        first.close();
        put(A, "2");
        await(() -> open.batches.size() == 2);
        settle();
        assertThat(closed.batches).hasSize(1);
        assertThat(closed.restarts).isEmpty();
    }

    @Test
    void deletesTheKeysOfALeaseThatRunsOut() throws Exception {
        put(C, "mine");
        Recorder recorder = new Recorder();
        LeaseId lease = store().grantLease(shortestLease());
        commit(List.of(), leased(A, "1", lease), leased(B, "1", lease), leased(C, "1", lease));
        put(C, "mine again");
        follow(revision(), recorder);
        pass(shortestLease().plusSeconds(1));
        await(() -> !recorder.batches.isEmpty());
        assertThat(recorder.story()).isEqualTo("[-%s -%s]".formatted(A, B));
        assertThat(store().load().entries()).extracting(Entry::key).containsExactly(C);
        assertThat(store().renewLease(lease)).isFalse();
    }

    @Test
    void keepsTheKeysOfALeaseThatIsRenewed() throws Exception {
        LeaseId lease = store().grantLease(shortestLease());
        commit(List.of(), leased(A, "1", lease));
        for (int i = 0; i < 4; i++) {
            pass(shortestLease().dividedBy(2));
            assertThat(store().renewLease(lease)).isTrue();
        }

        assertThat(store().get(A)).isPresent();
    }

    @Test
    void deletesTheKeysOfALeaseThatIsRevoked() throws Exception {
        LeaseId lease = store().grantLease(Duration.ofSeconds(60));
        long created = commit(List.of(), leased(A, "1", lease));
        Recorder recorder = new Recorder();
        follow(created, recorder);
        store().revokeLease(lease);
        await(() -> !recorder.batches.isEmpty());
        assertThat(recorder.story()).isEqualTo("[-" + A + "]");
        assertThat(store().get(A)).isEmpty();
        assertThat(store().renewLease(lease)).isFalse();
        assertThat(store().commit(txn(List.of(new Guard.Held(A, created))))).isEqualTo(new Fenced());
        store().revokeLease(lease);
    }

    @Test
    void refusesToPutUnderALeaseThatIsGone() throws Exception {
        LeaseId lease = store().grantLease(Duration.ofSeconds(60));
        store().revokeLease(lease);

        assertThat(store().commit(txn(List.of(), setTo(B, "1"), leased(A, "1", lease))))
                .isInstanceOf(Refused.class);
        assertThat(store().get(A)).isEmpty();
        assertThat(store().get(B)).isEmpty();
    }

    @Test
    void losesNothingOfManyWritersThatCompareAndSet() throws Exception {
        put(A, "0");
        int writers = 4;
        int increments = 25;
        List<Future<?>> running = new ArrayList<>();
        ThreadFactory threads = Thread.ofVirtual().factory();
        for (int w = 0; w < writers; w++) {
            var work = new FutureTask<Void>(() -> {
                for (int done = 0; done < increments; ) {
                    Entry entry = store().get(A).orElseThrow();
                    String next =
                            Integer.toString(Integer.parseInt(entry.value().toStringUtf8()) + 1);
                    CommitResult result =
                            store().commit(txn(List.of(new Guard.Unchanged(A, entry.revision())), setTo(A, next)));
                    if (result instanceof Committed) {
                        done++;
                    } else {
                        assertThat(result).isInstanceOf(Conflict.class);
                    }
                }
                return null;
            });
            threads.newThread(work).start();
            running.add(work);
        }
        for (Future<?> work : running) {
            work.get();
        }

        assertThat(value(A)).isEqualTo(Integer.toString(writers * increments));
    }

    @Test
    void takesTheLargestTransaction() throws Exception {
        List<Mutation> mutations = new ArrayList<>();
        List<Guard> guards = new ArrayList<>();
        ByteString value = ByteString.copyFrom(new byte[10_000]);
        for (int i = 0; i < Txn.MAX_OPERATIONS; i++) {
            mutations.add(new Mutation.Put(key(i), value));
            guards.add(new Guard.Absent(key(i)));
        }
        Recorder recorder = new Recorder();
        follow(revision(), recorder);
        assertThat(store().commit(new Txn(guards, mutations))).isInstanceOf(Committed.class);
        await(() -> !recorder.batches.isEmpty());
        assertThat(recorder.batches).hasSize(1);
        assertThat(recorder.batches.element().events()).hasSize(Txn.MAX_OPERATIONS);
        assertThat(store().load().entries()).hasSize(Txn.MAX_OPERATIONS);
    }

    @Test
    void refusesATransactionThatIsTooLarge() {
        List<Mutation> tooMany = new ArrayList<>();
        for (int i = 0; i <= Txn.MAX_OPERATIONS; i++) {
            tooMany.add(setTo(key(i), "1"));
        }
        Mutation tooBig = new Mutation.Put(A, ByteString.copyFrom(new byte[Txn.MAX_BYTES]));

        assertThatThrownBy(() -> new Txn(List.of(), tooMany)).hasMessageContaining("expected: at most 100 of each");
        assertThatThrownBy(() -> new Txn(List.of(), List.of(tooBig))).hasMessageContaining("expected: at most 1048576");
        assertThatThrownBy(() -> new Txn(List.of(), List.of(setTo(A, "1"), new Mutation.Delete(A))))
                .hasMessageContaining("changed twice");
    }

    /** Follows until the end of the test. */
    protected final Store.Feed follow(long afterRevision, Store.Follower follower) {
        Store.Feed feed = store().follow(afterRevision, follower);
        feeds.add(feed);
        return feed;
    }

    protected static String key(int number) {
        return Keys.ROOT + "test/" + String.format("%03d", number);
    }

    protected static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    protected static Mutation setTo(String key, String value) {
        return new Mutation.Put(key, bytes(value));
    }

    protected static Mutation leased(String key, String value, LeaseId lease) {
        return new Mutation.PutLeased(key, bytes(value), lease);
    }

    protected static Txn txn(List<Guard> guards, Mutation... mutations) {
        return new Txn(guards, List.of(mutations));
    }

    /** Commits and returns the revision; fails unless it is committed. */
    protected final long commit(List<Guard> guards, Mutation... mutations) {
        CommitResult result = store().commit(txn(guards, mutations));
        assertThat(result).isInstanceOf(Committed.class);
        return ((Committed) result).revision();
    }

    protected final long put(String key, String value) {
        return commit(List.of(), setTo(key, value));
    }

    protected final long delete(String key) {
        return commit(List.of(), new Mutation.Delete(key));
    }

    protected final String value(String key) throws StoreException {
        return store().get(key).orElseThrow().value().toStringUtf8();
    }

    protected final long revision() {
        try {
            return store().load().revision();
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }
}
