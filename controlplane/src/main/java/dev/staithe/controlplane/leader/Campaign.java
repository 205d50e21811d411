package dev.staithe.controlplane.leader;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.Store.LeaseId;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to take the leader's key. Every method blocks and runs in an effect, one at a time. */
final class Campaign {
    private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

    /** How the attempt ended, or that nobody knows yet. */
    sealed interface Verdict {
        /** The key is ours. The lease's time counts from before it was asked for. */
        record Won(long epoch, LeaseId lease, long sentNanos) implements Verdict {}

        /** Somebody else has it. */
        record Lost() implements Verdict {}

        /** The store did not say: ask {@link #resolve} until it does. */
        record Undecided(String cause) implements Verdict {}

        /** The store could not be asked, or refused; a later campaign may do better. */
        record Failed(String cause) implements Verdict {}
    }

    private final Store store;
    private final Time time;
    private final LeaderRecord record;
    private final Duration timeToLive;
    private @Nullable LeaseId lease;
    private long sentNanos;

    /** @param record what the key will say; its campaign must be one that no other record ever has */
    Campaign(Store store, Time time, LeaderRecord record, Duration timeToLive) {
        this.store = store;
        this.time = time;
        this.record = record;
        this.timeToLive = timeToLive;
    }

    /** Takes the key if nobody has it. */
    Verdict run() {
        LeaseId granted;
        try {
            if (store.get(Keys.LEADER).isPresent()) {
                return new Verdict.Lost();
            }
            sentNanos = time.nanos();
            granted = store.grantLease(timeToLive);
            lease = granted;
        } catch (StoreException e) {
            return new Verdict.Failed(String.valueOf(e.getMessage()));
        }
        CommitResult result = store.commit(new Txn(
                List.of(new Guard.Absent(Keys.LEADER)),
                List.of(new Mutation.PutLeased(Keys.LEADER, record.toByteString(), granted))));
        return switch (result) {
            case CommitResult.Committed committed -> new Verdict.Won(committed.revision(), granted, sentNanos);
            case CommitResult.Unknown unknown -> new Verdict.Undecided(unknown.cause());
            case CommitResult.Conflict conflict -> giveUp(new Verdict.Lost());
            case CommitResult.Refused refused -> giveUp(new Verdict.Failed(refused.cause()));
            case CommitResult.Fenced fenced -> throw new IllegalStateException("fenced without a fence");
        };
    }

    /** Finds out how an undecided campaign ended. */
    Verdict resolve() {
        Optional<Entry> entry;
        try {
            entry = store.get(Keys.LEADER);
        } catch (StoreException e) {
            return new Verdict.Undecided(String.valueOf(e.getMessage()));
        }
        LeaseId granted = lease;
        if (granted != null && entry.isPresent() && isOurs(entry.get())) {
            return new Verdict.Won(entry.get().created(), granted, sentNanos);
        }
        // When there is no key the transaction may still be on its way: without its lease it cannot be applied.
        return giveUp(
                entry.isPresent() ? new Verdict.Lost() : new Verdict.Failed("the campaign did not reach the store"));
    }

    /** Ends the lease, and with it the key if it is ours. */
    void abandon() {
        LeaseId granted = lease;
        if (granted == null) {
            return;
        }
        try {
            store.revokeLease(granted);
        } catch (StoreException e) {
            LOG.atInfo()
                    .addKeyValue("lease", granted.value())
                    .addKeyValue("cause", e.getMessage())
                    .log("lease is left to run out");
        }
    }

    private Verdict giveUp(Verdict verdict) {
        abandon();
        return verdict;
    }

    private boolean isOurs(Entry entry) {
        try {
            LeaderRecord found = LeaderRecord.parseFrom(entry.value());
            return found.getNodeId().equals(record.getNodeId())
                    && found.getCampaign().equals(record.getCampaign());
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }
}
