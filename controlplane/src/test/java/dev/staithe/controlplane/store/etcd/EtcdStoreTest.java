package dev.staithe.controlplane.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.RealTime;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreContract;
import dev.staithe.controlplane.store.Txn;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcdStoreTest extends StoreContract {
    private static EtcdProcess etcd;
    private static ManagedChannel operator;

    private final RealTime real = new RealTime();
    private EtcdStore store;

    @BeforeAll
    static void startEtcd(@TempDir Path data) throws Exception {
        etcd = EtcdProcess.start(data);
        operator = EtcdChannel.open(List.of(etcd.endpoint()));
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        operator.shutdownNow();
        etcd.close();
    }

    @BeforeEach
    void open() {
        KVGrpc.newBlockingStub(operator)
                .withWaitForReady()
                .deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(EtcdTxn.ROOT)
                        .setRangeEnd(EtcdTxn.ROOT_END)
                        .build());
        store = new EtcdStore(new EtcdOptions(List.of(etcd.endpoint()), Duration.ofSeconds(20)), real.environment());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void loadsMoreEntriesThanFitAPageAllAtOneRevision() throws Exception {
        for (int batch = 0; batch < 13; batch++) {
            List<Mutation> mutations = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                mutations.add(setTo(key(batch * 100 + i), "v"));
            }
            store.commit(new Txn(List.of(), mutations));
        }

        assertThat(store.load().entries()).hasSize(1300).isSortedAccordingTo(Comparator.comparing(Entry::key));
    }

    @Test
    void answersABarrierWithARevisionThatTheFeedReachesAlsoWhenOthersWriteToTheSameEtcd() throws Exception {
        Recorder recorder = new Recorder();
        follow(revision(), recorder);
        KVGrpc.newBlockingStub(operator)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/somebody/else"))
                        .build());
        long barrier = commit(List.of());
        await(() -> recorder.revision() >= barrier);
        KVGrpc.newBlockingStub(operator)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/somebody/else"))
                        .build());
        long nothing = delete(C);
        await(() -> recorder.revision() >= nothing);

        assertThat(recorder.batches).isEmpty();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected void await(BooleanSupplier condition) {
        real.await(condition);
    }

    @Override
    protected void settle() {
        real.pass(Duration.ofMillis(100));
    }

    @Override
    protected void pass(Duration duration) {
        real.pass(duration);
    }

    @Override
    protected void compact(long revision) {
        KVGrpc.newBlockingStub(operator)
                .compact(CompactionRequest.newBuilder()
                        .setRevision(revision)
                        .setPhysical(true)
                        .build());
    }

    @Override
    protected Duration shortestLease() {
        return Duration.ofSeconds(2);
    }
}
