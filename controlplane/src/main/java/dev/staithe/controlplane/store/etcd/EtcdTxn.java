package dev.staithe.controlplane.store.etcd;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;

/** Translates between the store's transactions and etcd's. Pure. */
final class EtcdTxn {
    static final ByteString ROOT = ByteString.copyFromUtf8(Keys.ROOT);

    /** The first key after all that start with the root. */
    static final ByteString ROOT_END = ByteString.copyFromUtf8("/staithe0");

    /**
     * Written by transactions that write nothing else, so that their revision is one that the watch over our keys reaches,
     * also when others write to the same etcd. The store keeps it to itself: it is in no snapshot and no batch.
     */
    static final String BARRIER = Keys.ROOT + "barrier";

    private EtcdTxn() {}

    static TxnRequest request(Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Guard guard : txn.guards()) {
            request.addCompare(compare(guard));
            if (guard instanceof Guard.Held) {
                // Read in the same step as the comparison: tells a lost leadership from any other guard.
                request.addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(guard.key()))
                                .setKeysOnly(true)));
            }
        }
        txn.mutations().forEach(mutation -> request.addSuccess(operation(mutation)));
        if (txn.mutations().isEmpty()) {
            request.addSuccess(operation(new Mutation.Put(BARRIER, ByteString.EMPTY)));
        }
        return request.build();
    }

    static CommitResult result(Txn txn, TxnResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.getSucceeded()) {
            return new CommitResult.Committed(revision);
        }
        int next = 0;
        for (Guard guard : txn.guards()) {
            if (guard instanceof Guard.Held held && !holds(held, response.getResponses(next++))) {
                return new CommitResult.Fenced();
            }
        }
        return new CommitResult.Conflict(revision);
    }

    /** Whether a transaction that succeeded changed nothing after all. */
    static boolean changedNothing(Txn txn, TxnResponse response) {
        return txn.mutations().stream().allMatch(Mutation.Delete.class::isInstance)
                && response.getResponsesList().stream()
                        .allMatch(operation -> operation.hasResponseDeleteRange()
                                && operation.getResponseDeleteRange().getDeleted() == 0);
    }

    static Entry entry(KeyValue found) {
        return new Entry(
                found.getKey().toStringUtf8(), found.getValue(), found.getModRevision(), found.getCreateRevision());
    }

    private static boolean holds(Guard.Held held, ResponseOp read) {
        return read.getResponseRange().getKvsList().stream()
                .anyMatch(found -> found.getCreateRevision() == held.created());
    }

    private static Compare compare(Guard guard) {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(ByteString.copyFromUtf8(guard.key()))
                .setResult(Compare.CompareResult.EQUAL);
        return switch (guard) {
            case Guard.Unchanged unchanged ->
                compare.setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(unchanged.revision())
                        .build();
            case Guard.Absent absent ->
                compare.setTarget(Compare.CompareTarget.VERSION).setVersion(0).build();
            case Guard.Held held ->
                compare.setTarget(Compare.CompareTarget.CREATE)
                        .setCreateRevision(held.created())
                        .build();
        };
    }

    private static RequestOp operation(Mutation mutation) {
        ByteString key = ByteString.copyFromUtf8(mutation.key());
        return switch (mutation) {
            case Mutation.Put put ->
                RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(put.value()))
                        .build();
            case Mutation.PutLeased put ->
                RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(key)
                                .setValue(put.value())
                                .setLease(put.lease().value()))
                        .build();
            case Mutation.Delete delete ->
                RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                        .build();
        };
    }
}
