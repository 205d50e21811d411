package dev.staithe.controlplane.store.etcd;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The store in etcd, shared by every control plane.
 *
 * <p>Every call has a deadline. Nothing is repeated that might have been done: a commit that is not answered is unknown.
 * Reads are linearizable. No hard state here; what is soft is the connection, the open feeds, and how long the leases
 * granted by this process live, which is no more than a hint for deadlines.
 */
public final class EtcdStore implements Store {
    /** Entries read in one call, so that no message grows with the state. */
    private static final int PAGE = 500;

    /** How often a load starts again because the revision it reads was compacted away meanwhile. */
    private static final int LOAD_ATTEMPTS = 3;

    private final EtcdOptions options;
    private final Environment environment;
    private final EventLoop loop;
    private final ManagedChannel channel;
    private final Map<Long, Duration> leases = new ConcurrentHashMap<>();
    private final Set<EtcdFeed> feeds = ConcurrentHashMap.newKeySet();

    /** Connects when it is first needed: etcd need not answer yet. Makes the loop that followers are called on. */
    public EtcdStore(EtcdOptions options, Environment environment) {
        this.options = options;
        this.environment = environment;
        this.loop = environment.loop("store");
        this.channel = EtcdChannel.open(options.endpoints());
    }

    @Override
    public Snapshot load() throws StoreException {
        for (int attempt = 1; ; attempt++) {
            try {
                return loadOnce();
            } catch (StatusRuntimeException e) {
                if (!EtcdFailure.isCompacted(e.getStatus()) || attempt == LOAD_ATTEMPTS) {
                    throw failed("load", e);
                }
            }
        }
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        try {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .build();
            return kv().range(request).getKvsList().stream().findFirst().map(EtcdTxn::entry);
        } catch (StatusRuntimeException e) {
            throw failed("read of " + key, e);
        }
    }

    @Override
    public CommitResult commit(Txn txn) {
        try {
            TxnResponse response = kv().txn(EtcdTxn.request(txn));
            CommitResult result = EtcdTxn.result(txn, response);
            if (response.getSucceeded() && EtcdTxn.changedNothing(txn, response)) {
                // Its revision may be that of somebody else's key, which no feed of ours reaches.
                CommitResult barrier = commit(new Txn(List.of(), List.of()));
                return barrier instanceof CommitResult.Committed ? barrier : result;
            }
            return result;
        } catch (StatusRuntimeException e) {
            return EtcdFailure.ofCommit(e.getStatus());
        }
    }

    @Override
    public Feed follow(long afterRevision, Follower follower) {
        EtcdFeed feed =
                new EtcdFeed(channel, environment, loop, this::currentRevision, afterRevision, follower, feeds::remove);
        feeds.add(feed);
        feed.open();
        return feed;
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        if (timeToLive.isNegative() || timeToLive.isZero()) {
            throw new IllegalArgumentException("timeToLive: " + timeToLive + " (expected: more than zero)");
        }
        // etcd counts whole seconds; a lease that lives longer than asked for does no harm, a shorter one would.
        long seconds = timeToLive.plusSeconds(1).minusNanos(1).toSeconds();
        try {
            long id = LeaseGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(nanos(options.callTimeout()), TimeUnit.NANOSECONDS)
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
                    .getID();
            leases.put(id, timeToLive);
            return new LeaseId(id);
        } catch (StatusRuntimeException e) {
            throw failed("grant of a lease", e);
        }
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        try {
            // One message each way. The generated stub offers an open-ended stream instead.
            Iterator<LeaseKeepAliveResponse> answers = ClientCalls.blockingServerStreamingCall(
                    channel,
                    LeaseGrpc.getLeaseKeepAliveMethod(),
                    CallOptions.DEFAULT
                            .withWaitForReady()
                            .withDeadlineAfter(nanos(renewalTimeout(lease)), TimeUnit.NANOSECONDS),
                    LeaseKeepAliveRequest.newBuilder().setID(lease.value()).build());
            boolean alive = answers.hasNext() && answers.next().getTTL() > 0;
            if (!alive) {
                leases.remove(lease.value());
            }
            return alive;
        } catch (StatusRuntimeException e) {
            if (EtcdFailure.isGone(e.getStatus())) {
                return false;
            }
            throw failed("renewal of a lease", e);
        }
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        try {
            LeaseGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(nanos(options.callTimeout()), TimeUnit.NANOSECONDS)
                    .leaseRevoke(
                            LeaseRevokeRequest.newBuilder().setID(lease.value()).build());
            leases.remove(lease.value());
        } catch (StatusRuntimeException e) {
            if (!EtcdFailure.isGone(e.getStatus())) {
                throw failed("end of a lease", e);
            }
            leases.remove(lease.value());
        }
    }

    @Override
    public void close() {
        List.copyOf(feeds).forEach(EtcdFeed::close);
        channel.shutdownNow();
        loop.close();
    }

    private Snapshot loadOnce() {
        List<Entry> entries = new ArrayList<>();
        ByteString from = EtcdTxn.ROOT;
        long revision = 0;
        while (true) {
            // The first page is of the newest revision, and the others are of the same.
            RangeResponse page = kv().range(RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(EtcdTxn.ROOT_END)
                    .setLimit(PAGE)
                    .setRevision(revision)
                    .build());
            revision = revision == 0 ? page.getHeader().getRevision() : revision;
            for (KeyValue found : page.getKvsList()) {
                Entry entry = EtcdTxn.entry(found);
                if (!entry.key().equals(EtcdTxn.BARRIER)) {
                    entries.add(entry);
                }
            }
            if (!page.getMore()) {
                return new Snapshot(revision, entries);
            }
            from = page.getKvs(page.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
        }
    }

    /** The newest revision, as of a moment not before the call. Blocks. */
    private long currentRevision() throws StoreException {
        try {
            return kv().range(RangeRequest.newBuilder()
                            .setKey(EtcdTxn.ROOT)
                            .setKeysOnly(true)
                            .build())
                    .getHeader()
                    .getRevision();
        } catch (StatusRuntimeException e) {
            throw failed("read", e);
        }
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(nanos(options.callTimeout()), TimeUnit.NANOSECONDS);
    }

    /** Short enough to try again before the lease has run out. */
    private Duration renewalTimeout(LeaseId lease) {
        Duration third = leases.getOrDefault(
                        lease.value(), options.callTimeout().multipliedBy(3))
                .dividedBy(3);
        return third.compareTo(options.callTimeout()) < 0 ? third : options.callTimeout();
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }

    private StoreException failed(String what, StatusRuntimeException e) {
        // Whoever called decides when to try again; the channel's own patience grows to minutes.
        channel.resetConnectBackoff();
        return new StoreException("etcd: " + what + " failed: " + EtcdFailure.text(e.getStatus()), e);
    }
}
