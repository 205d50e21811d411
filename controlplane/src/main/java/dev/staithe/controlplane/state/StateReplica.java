package dev.staithe.controlplane.state;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest {@link ClusterState} by loading the store once and following its feed.
 *
 * <p>Confined to the control loop; {@link ClusterView} is its side for other threads. Soft state: a restart of the feed, or
 * of the process, loads everything again.
 */
public final class StateReplica implements ClusterView {
    private static final Logger LOG = LoggerFactory.getLogger(StateReplica.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** Who is told, on the control loop, of every step of the state. */
    public interface Listener {
        /** One transaction was applied. */
        void changed(ClusterState before, ClusterState after, Batch batch);

        /** The state was loaded anew: anything may have changed. */
        void reset(ClusterState after);
    }

    private final Store store;
    private final Environment environment;
    private final EventLoop loop;
    private final Listener listener;
    private final List<Consumer<ClusterState>> subscribers = new CopyOnWriteArrayList<>();
    private final NavigableMap<Long, List<CompletableFuture<ClusterState>>> awaited = new TreeMap<>();
    private volatile ClusterState state = ClusterState.EMPTY;
    private Optional<Store.Feed> feed = Optional.empty();
    private Duration retry = FIRST_RETRY;
    private long loads;
    private boolean closed;

    public StateReplica(Store store, Environment environment, EventLoop loop, Listener listener) {
        this.store = store;
        this.environment = environment;
        this.loop = loop;
        this.listener = listener;
    }

    /** Begins to load. The listener's {@code reset} is the sign that it is done. */
    public void start() {
        loop.execute(this::load);
    }

    /** Ends the feed. */
    public void close() {
        loop.execute(() -> {
            closed = true;
            feed.ifPresent(Store.Feed::close);
            feed = Optional.empty();
        });
    }

    private void load() {
        if (closed) {
            return;
        }
        feed.ifPresent(Store.Feed::close);
        feed = Optional.empty();
        long attempt = ++loads;
        environment.effects().run(loop, store::load, outcome -> loaded(attempt, outcome));
    }

    private void loaded(long attempt, Outcome<Snapshot> outcome) {
        if (closed || attempt != loads) {
            return;
        }
        switch (outcome) {
            case Outcome.Done<Snapshot> done -> {
                retry = FIRST_RETRY;
                become(ClusterState.of(done.value()));
                listener.reset(state);
                feed = Optional.of(store.follow(state.revision(), new Follower(attempt)));
            }
            case Outcome.Failed<Snapshot> failed -> {
                LOG.atWarn()
                        .addKeyValue("retryIn", retry)
                        .log("cannot load the state: {}", failed.cause().getMessage());
                loop.after(environment.randomness().jitter(retry, 0.2), this::load);
                retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
            }
        }
    }

    private void apply(long attempt, Batch batch) {
        if (closed || attempt != loads) {
            return;
        }
        ClusterState before = state;
        if (batch.revision() <= before.revision()) {
            throw new IllegalStateException(
                    "the feed went back to revision " + batch.revision() + " from " + before.revision());
        }
        become(before.with(batch));
        listener.changed(before, state, batch);
    }

    private void become(ClusterState next) {
        state = next;
        subscribers.forEach(s -> s.accept(next));
        NavigableMap<Long, List<CompletableFuture<ClusterState>>> reached = awaited.headMap(next.revision(), true);
        reached.values().forEach(waiters -> waiters.forEach(w -> w.complete(next)));
        reached.clear();
    }

    @Override
    public ClusterState current() {
        return state;
    }

    @Override
    public ClusterState await(long revision, Duration atMost) {
        if (state.revision() >= revision) {
            return state;
        }
        CompletableFuture<ClusterState> reached = new CompletableFuture<>();
        loop.execute(() -> {
            if (state.revision() >= revision) {
                reached.complete(state);
            } else {
                awaited.computeIfAbsent(revision, r -> new ArrayList<>()).add(reached);
            }
        });
        try {
            return environment.effects().await(reached, atMost);
        } catch (TimeoutException late) {
            forget(revision, reached);
            return state;
        } catch (InterruptedException e) {
            forget(revision, reached);
            Thread.currentThread().interrupt();
            return state;
        } catch (ExecutionException e) {
            throw new IllegalStateException("only ever completed with a state", e);
        }
    }

    private void forget(long revision, CompletableFuture<ClusterState> waiter) {
        waiter.cancel(false);
        loop.execute(() -> awaited.computeIfPresent(revision, (r, waiters) -> {
            waiters.removeIf(CompletableFuture::isDone);
            return waiters.isEmpty() ? null : waiters;
        }));
    }

    /** How many wait for a state to come. On the loop. */
    int waiting() {
        return awaited.values().stream().mapToInt(List::size).sum();
    }

    @Override
    public AutoCloseable subscribe(Consumer<ClusterState> consumer) {
        subscribers.add(consumer);
        return () -> subscribers.remove(consumer);
    }

    /** Hands the feed over to the loop; what an older feed still says is dropped. */
    private final class Follower implements Store.Follower {
        private final long attempt;

        Follower(long attempt) {
            this.attempt = attempt;
        }

        @Override
        public void changed(Batch batch) {
            loop.execute(() -> apply(attempt, batch));
        }

        @Override
        public void restart(String why) {
            loop.execute(() -> {
                if (attempt == loads && !closed) {
                    LOG.atInfo().addKeyValue("rev", state.revision()).log("loading the state again: {}", why);
                    load();
                }
            });
        }
    }
}
