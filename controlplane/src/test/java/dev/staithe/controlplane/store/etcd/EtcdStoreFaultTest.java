package dev.staithe.controlplane.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.RealTime;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.CommitResult.Committed;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The etcd store when etcd dies, hangs, forgets or is full. Each test has an etcd of its own. */
final class EtcdStoreFaultTest {
    private static final String A = Keys.ROOT + "test/a";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @TempDir
    private Path temporary;

    private final RealTime real = new RealTime();
    private final Recorder recorder = new Recorder();
    private EtcdProcess etcd;
    private EtcdStore store;

    @BeforeEach
    void start() throws Exception {
        etcd = EtcdProcess.start(temporary.resolve("etcd"), "--quota-backend-bytes=8388608");
        store = new EtcdStore(new EtcdOptions(List.of(etcd.endpoint()), TIMEOUT), real.environment());
        awaitAnswer();
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        etcd.close();
    }

    @Test
    void resumesTheFeedWithoutLossOrRepetitionAfterEtcdWasRestarted() throws Exception {
        Store.Feed feed = store.follow(put("0"), recorder);
        put("1");
        real.await(() -> recorder.batches.size() == 1);
        for (int round = 2; round <= 4; round++) {
            etcd.kill();
            etcd.startAgain();
            putPatiently(Integer.toString(round));
            int told = round;
            real.await(() -> recorder.batches.size() == told);
        }
        feed.close();

        assertThat(recorder.restarts).isEmpty();
        assertThat(recorder.batches)
                .extracting(batch -> batch.events().getFirst().toString())
                .allMatch(event -> event.contains(A));
    }

    @Test
    void asksTheFollowerToRestartWhenItsChangesWereCompactedAwayWhileItWasCutOff() throws Exception {
        // A feed behind a door: the other store goes on while this one cannot be reached.
        try (TcpDoor door = new TcpDoor(etcd.endpoint());
                EtcdStore behind =
                        new EtcdStore(new EtcdOptions(List.of(door.endpoint()), TIMEOUT), real.environment())) {
            behind.follow(put("0"), recorder);
            put("1");
            real.await(() -> recorder.batches.size() == 1);
            door.shut();
            put("2");
            compact(put("3"));
            put("4");
            door.open();
            real.await(() -> !recorder.restarts.isEmpty());
        }

        assertThat(recorder.restarts).singleElement().asString().contains("compacted away");
        assertThat(recorder.batches).hasSize(1);
    }

    @Test
    void catchesUpWithWhatHappenedWhileItWasCutOff() throws Exception {
        try (TcpDoor door = new TcpDoor(etcd.endpoint());
                EtcdStore behind =
                        new EtcdStore(new EtcdOptions(List.of(door.endpoint()), TIMEOUT), real.environment())) {
            behind.follow(put("0"), recorder);
            door.shut();
            for (int i = 0; i < 50; i++) {
                put("v" + i);
            }
            door.open();
            real.await(() -> recorder.batches.size() == 50);
        }

        assertThat(recorder.restarts).isEmpty();
    }

    @Test
    void knowsNotWhatBecameOfACommitThatEtcdDoesNotAnswer() throws Exception {
        put("0");
        etcd.pause();
        CommitResult result = commit("1");
        assertThatThrownBy(() -> store.get(A))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("etcd");
        etcd.resume();

        assertThat(result).isInstanceOf(CommitResult.Unknown.class);
        real.await(() -> commit("2") instanceof Committed);
    }

    @Test
    void answersWithinItsDeadlineWhenThereIsNoEtcdAndRecoversWhenThereIs() throws Exception {
        etcd.kill();
        assertThat(commit("1")).isInstanceOf(CommitResult.Unknown.class);
        assertThatThrownBy(store::load).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.grantLease(Duration.ofSeconds(5))).isInstanceOf(StoreException.class);

        etcd.startAgain();
        putPatiently("2");
    }

    @Test
    void opensAFeedOnceEtcdAnswersForTheFirstTime() throws Exception {
        long start = put("0");
        etcd.kill();
        store.follow(start, recorder);
        real.pass(Duration.ofMillis(500));
        etcd.startAgain();
        putPatiently("1");

        real.await(() -> recorder.batches.size() == 1);
    }

    @Test
    void refusesChangesWhenEtcdsDatabaseIsFull() throws Exception {
        Txn big = new Txn(List.of(), List.of(new Mutation.Put(A, ByteString.copyFrom(new byte[1_000_000]))));
        CommitResult result = store.commit(big);
        // etcd compares its quota with what it has written to disk, which comes after it has answered.
        for (int i = 0; i < 200 && result instanceof Committed; i++) {
            result = store.commit(big);
        }

        assertThat(result)
                .isInstanceOfSatisfying(
                        CommitResult.Refused.class,
                        refused -> assertThat(refused.cause())
                                .contains("etcd's database is full", "etcdctl alarm disarm"));
        assertThat(store.get(A)).isPresent();
        assertThat(store.commit(new Txn(List.of(), List.of(new Mutation.Delete(A)))))
                .isInstanceOf(Committed.class);
    }

    @Test
    void asksTheFollowerToRestartWhenEtcdWasReplacedByAnother() throws Exception {
        store.follow(put("0"), recorder);
        put("1");
        real.await(() -> recorder.batches.size() == 1);
        etcd.kill();
        deleteRecursively(temporary.resolve("etcd"));
        etcd.startAgain();

        real.await(() -> !recorder.restarts.isEmpty());
        assertThat(recorder.batches).hasSize(1);
    }

    private CommitResult commit(String value) {
        return store.commit(new Txn(List.of(), List.of(new Mutation.Put(A, ByteString.copyFromUtf8(value)))));
    }

    private long put(String value) {
        CommitResult result = commit(value);
        assertThat(result).isInstanceOf(Committed.class);
        return ((Committed) result).revision();
    }

    /** Puts it exactly once, however long etcd takes to come back. */
    private void putPatiently(String value) {
        awaitAnswer();
        put(value);
    }

    private void awaitAnswer() {
        real.await(() -> {
            try {
                return store.load().revision() > 0;
            } catch (StoreException e) {
                return false;
            }
        });
    }

    private void compact(long revision) {
        ManagedChannel operator = EtcdChannel.open(List.of(etcd.endpoint()));
        KVGrpc.newBlockingStub(operator)
                .withWaitForReady()
                .compact(CompactionRequest.newBuilder()
                        .setRevision(revision)
                        .setPhysical(true)
                        .build());
        operator.shutdownNow();
    }

    private static void deleteRecursively(Path directory) throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
