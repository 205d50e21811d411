package dev.staithe.controlplane.store.etcd;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.parts.Subscription;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower's watch over all keys: one, because several would tear a transaction. Confined to the store's loop.
 *
 * <p>The watch is opened at the revision after the last that was handed over, and again whenever it ends, however it
 * ends. etcd promises that a response holds whole revisions, so what a response holds is handed over at its end; should
 * a revision come in two parts all the same, or come twice, or the history be gone, the follower is told to load again.
 */
final class EtcdFeed implements Store.Feed {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdFeed.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(3);

    /** Asks etcd for its newest revision. Blocks. */
    @FunctionalInterface
    interface Revisions {
        long current() throws StoreException;
    }

    private final ManagedChannel channel;
    private final Environment environment;
    private final EventLoop loop;
    private final Revisions revisions;
    private final Subscription subscription;
    private long applied;
    private long cluster;
    private int failures;
    private @Nullable Watch watch;

    /** @param gone told once, when the feed is closed or has ended by a restart */
    EtcdFeed(
            ManagedChannel channel,
            Environment environment,
            EventLoop loop,
            Revisions revisions,
            long afterRevision,
            Store.Follower follower,
            Consumer<EtcdFeed> gone) {
        this.channel = channel;
        this.environment = environment;
        this.loop = loop;
        this.revisions = revisions;
        this.applied = afterRevision;
        this.subscription = new Subscription(loop, follower, afterRevision, ended -> {
            gone.accept(this);
            loop.execute(this::endWatch);
        });
    }

    void open() {
        loop.execute(this::openWatch);
    }

    @Override
    public void close() {
        subscription.close();
    }

    private void openWatch() {
        if (subscription.ended()) {
            return;
        }
        Watch opened = new Watch();
        watch = opened;
        // The follower has waited for as long as we think right: no reason for the channel to wait longer.
        channel.resetConnectBackoff();
        opened.start(channel, applied + 1);
    }

    private void endWatch() {
        Watch open = watch;
        watch = null;
        if (open != null) {
            open.cancel();
        }
    }

    private void answered(WatchResponse response) {
        long current = response.getHeader().getRevision();
        if (cluster != 0 && cluster != response.getHeader().getClusterId()) {
            subscription.restart("this is another etcd cluster than before");
            return;
        }
        cluster = response.getHeader().getClusterId();
        if (response.getCanceled()) {
            canceled(response);
            return;
        }
        back();
        if (response.getCreated()) {
            if (current < applied) {
                suspectLostHistory(current);
            }
            return;
        }
        if (response.getEventsCount() > 0) {
            handOver(response.getEventsList());
        } else if (current > applied) {
            // etcd sends it in line with the events, once everything up to it has been sent.
            applied = current;
            subscription.progressed(current);
        }
    }

    private void handOver(List<Event> events) {
        for (int from = 0; from < events.size(); ) {
            long revision = events.get(from).getKv().getModRevision();
            if (revision <= applied) {
                subscription.restart("revision " + revision + " was told after " + applied);
                return;
            }
            List<StoreEvent> changes = new ArrayList<>();
            for (; from < events.size() && events.get(from).getKv().getModRevision() == revision; from++) {
                Event event = events.get(from);
                String key = event.getKv().getKey().toStringUtf8();
                if (!key.equals(EtcdTxn.BARRIER)) {
                    changes.add(
                            event.getType() == Event.EventType.DELETE
                                    ? new StoreEvent.Deleted(key)
                                    : new StoreEvent.Put(EtcdTxn.entry(event.getKv())));
                }
            }
            applied = revision;
            if (changes.isEmpty()) {
                subscription.progressed(revision);
            } else {
                subscription.changed(new Batch(revision, changes));
            }
        }
    }

    private void canceled(WatchResponse response) {
        if (response.getCompactRevision() > 0) {
            subscription.restart("changes before revision " + response.getCompactRevision()
                    + " are compacted away, the feed was at " + applied);
        } else {
            broken("canceled by etcd: " + response.getCancelReason());
        }
    }

    /** A member that lags behind answers an older revision; so does an etcd that was put back to an older state. */
    private void suspectLostHistory(long current) {
        Watch suspected = watch;
        environment.effects().run(loop, revisions::current, outcome -> {
            if (watch != suspected || suspected == null) {
                return;
            }
            switch (outcome) {
                case Outcome.Done<Long> newest -> {
                    if (newest.value() < applied) {
                        subscription.restart("etcd is at revision " + newest.value() + ", the feed was at " + applied
                                + ": etcd was put back to an older state");
                    }
                }
                case Outcome.Failed<Long> failed ->
                    broken("etcd answered revision " + current + " after " + applied + " and then no more");
            }
        });
    }

    private void ended(Status status) {
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
            // More was missed than fits a message: a load takes it page by page.
            subscription.restart("too much to catch up with: " + EtcdFailure.text(status));
        } else {
            broken(EtcdFailure.text(status));
        }
    }

    private void broken(String why) {
        endWatch();
        if (failures == 0) {
            LOG.atWarn()
                    .addKeyValue("cause", why)
                    .addKeyValue("rev", applied)
                    .log("feed from etcd broke, reopening it");
        }
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        Duration capped = wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY;
        loop.after(environment.randomness().jitter(capped, 0.3), this::openWatch);
    }

    private void back() {
        if (failures > 0) {
            LOG.atInfo().addKeyValue("rev", applied).log("feed from etcd is open again");
            failures = 0;
        }
    }

    /** One stream to etcd. What arrives from a stream that was given up is dropped. */
    private final class Watch implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private @Nullable ClientCallStreamObserver<WatchRequest> stream;

        void start(Channel to, long fromRevision) {
            WatchCreateRequest create = WatchCreateRequest.newBuilder()
                    .setKey(EtcdTxn.ROOT)
                    .setRangeEnd(EtcdTxn.ROOT_END)
                    .setStartRevision(fromRevision)
                    .setProgressNotify(true)
                    .build();
            WatchGrpc.newStub(to)
                    .watch(this)
                    .onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
        }

        void cancel() {
            if (stream != null) {
                stream.cancel("the feed needs it no more", null);
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
            stream = started;
            // One response at a time: a slow follower slows etcd down instead of filling our memory.
            started.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(WatchResponse response) {
            whileOpen(() -> {
                answered(response);
                if (stream != null) {
                    stream.request(1);
                }
            });
        }

        @Override
        public void onError(Throwable cause) {
            Status status = Status.fromThrowable(cause);
            whileOpen(() -> ended(status));
        }

        @Override
        public void onCompleted() {
            whileOpen(() -> broken("etcd ended the watch"));
        }

        private void whileOpen(Runnable work) {
            loop.execute(() -> {
                if (watch == this && !subscription.ended()) {
                    work.run();
                }
            });
        }
    }
}
