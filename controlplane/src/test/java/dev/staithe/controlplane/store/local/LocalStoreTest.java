package dev.staithe.controlplane.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.Store.LeaseId;
import dev.staithe.controlplane.store.StoreContract;
import dev.staithe.controlplane.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStoreTest extends StoreContract {
    private final ManualEnvironment world = new ManualEnvironment();
    private Path directory;
    private LocalStore store;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        directory = temporary.resolve("store");
        store = LocalStore.open(directory, world.environment());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void findsEverythingAgainAfterARestart() throws Exception {
        long first = put(A, "1");
        put(B, "1");
        delete(B);
        long last = put(A, "2");
        reopen();

        assertThat(store.load().revision()).isEqualTo(last);
        assertThat(store.load().entries()).containsExactly(new Entry(A, bytes("2"), last, first));
        assertThat(put(C, "1")).isGreaterThan(last);
    }

    @Test
    void neverGoesBackARevisionEvenWhenTheLastChangeIsCompactedAway() throws Exception {
        put(A, "1");
        long last = delete(A);
        compact(last);
        reopen();

        assertThat(store.load().revision()).isEqualTo(last);
        assertThat(put(A, "2")).isGreaterThan(last);
    }

    @Test
    void letsAFollowerResumeAcrossARestart() throws Exception {
        long start = put(A, "1");
        put(B, "1");
        reopen();
        Recorder recorder = new Recorder();
        follow(start, recorder);
        put(C, "1");

        await(() -> recorder.batches.size() == 2);
        assertThat(recorder.story()).isEqualTo("[+%s] [+%s]".formatted(B, C));
    }

    @Test
    void deletesTheKeysOfADeadProcessWhenItOpens() throws Exception {
        LeaseId lease = store.grantLease(Duration.ofHours(1));
        long created = commit(List.of(), leased(A, "1", lease), leased(B, "1", lease), setTo(C, "1"));
        put(B, "without a lease now");
        long before = revision();
        reopen();

        assertThat(store.load().entries()).extracting(Entry::key).containsExactly(B, C);
        Recorder recorder = new Recorder();
        follow(before, recorder);
        await(() -> recorder.batches.size() == 1);
        assertThat(recorder.story()).isEqualTo("[-" + A + "]");
        assertThat(store.commit(txn(List.of(new Guard.Held(A, created))))).isEqualTo(new CommitResult.Fenced());
    }

    @Test
    void keepsItsFilesFromOtherUsers() throws Exception {
        put(A, "1");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        for (String file : List.of("store.db", "store.db-wal")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesASecondStoreOnItsDirectoryAndNamesTheHolder() {
        assertThatThrownBy(() -> LocalStore.open(directory, world.environment()))
                .isInstanceOf(UnusableStoreException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("process " + ProcessHandle.current().pid())
                .hasMessageContaining("Stop that process");
    }

    @Test
    void compactsByItselfStepByStepAndKeepsWhatIsThere() throws Exception {
        put(B, "from the start");
        for (int i = 0; i < 2100; i++) {
            commit(List.of(), i % 3 == 0 ? new Mutation.Delete(A) : setTo(A, "v" + i), setTo(C, "w" + i));
        }
        List<Entry> before = store.load().entries();
        world.run();

        assertThat(store.load().entries()).isEqualTo(before);
        Recorder tooOld = new Recorder();
        Recorder recent = new Recorder();
        follow(1, tooOld);
        follow(revision() - 500, recent);
        await(() -> !tooOld.restarts.isEmpty());
        assertThat(recent.batches).hasSize(500);
        reopen();
        assertThat(store.load().entries()).isEqualTo(before);
    }

    @Test
    void refusesChangesWhenTheDiskIsFullAndGoesOnWhenThereIsSpaceAgain() throws Exception {
        put(A, "kept");
        store.limitPages(20);
        Mutation big = new Mutation.Put(B, ByteString.copyFrom(new byte[100_000]));

        CommitResult full = store.commit(txn(List.of(), setTo(A, "x"), big));
        assertThat(full)
                .isInstanceOfSatisfying(
                        CommitResult.Refused.class,
                        refused -> assertThat(refused.cause()).contains("the disk is full", "Free some space"));
        assertThat(value(A)).isEqualTo("kept");
        assertThat(store.get(B)).isEmpty();

        store.limitPages(10_000);
        assertThat(store.commit(txn(List.of(), setTo(A, "y"), big))).isInstanceOf(CommitResult.Committed.class);
        reopen();
        assertThat(value(A)).isEqualTo("y");
    }

    @Test
    void deletesTheKeysOfALeaseThatRanOutWhileTheDiskWasFull() throws Exception {
        String longKey = Keys.ROOT + "test/" + "k".repeat(900);
        LeaseId lease = store.grantLease(Duration.ofSeconds(5));
        commit(List.of(), leased(longKey, "1", lease));
        store.limitPages(20);
        for (int size = 8192; size > 0; size /= 4) {
            fillUp(size);
        }
        world.advance(Duration.ofSeconds(6));
        boolean there = store.get(longKey).isPresent();
        boolean renewed = store.renewLease(lease);
        store.limitPages(10_000);
        world.advance(Duration.ofSeconds(2));

        assertThat(there).isTrue();
        assertThat(renewed).isFalse();
        assertThat(store.get(longKey)).isEmpty();
    }

    @Test
    void answersNothingOnceItIsClosed() {
        store.close();

        assertThatThrownBy(store::load).isInstanceOf(StoreException.class).hasMessageContaining("closed");
        assertThat(store.commit(txn(List.of(), setTo(A, "1")))).isInstanceOf(CommitResult.Refused.class);
    }

    /** Puts values of this size until there is no space for one more. */
    private void fillUp(int size) {
        for (int i = 0; ; i++) {
            Mutation mutation =
                    new Mutation.Put(Keys.ROOT + "test/fill" + size + "-" + i, ByteString.copyFrom(new byte[size]));
            if (store.commit(txn(List.of(), mutation)) instanceof CommitResult.Refused) {
                return;
            }
        }
    }

    private void reopen() throws Exception {
        store.close();
        store = LocalStore.open(directory, world.environment());
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected void await(BooleanSupplier condition) {
        world.run();
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Override
    protected void settle() {
        world.run();
    }

    @Override
    protected void pass(Duration duration) {
        world.advance(duration);
    }

    @Override
    protected void compact(long revision) {
        try {
            store.compact(revision);
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Duration shortestLease() {
        return Duration.ofSeconds(2);
    }
}
