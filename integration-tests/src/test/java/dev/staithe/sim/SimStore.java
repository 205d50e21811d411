package dev.staithe.sim;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The store as one process sees it, over a network: calls take time and fail, commits end without an answer, feeds lag behind
 * and must be opened anew. What is true is in {@link SimTruth}.
 *
 * <p>A commit without an answer was applied, was not, or will be some time later, as with a request that is still under way
 * when its caller gives up.
 */
final class SimStore implements Store {
    /** The store's name as a place in the network. */
    static final String PLACE = "store";

    private static final Duration CALL_DEADLINE = Duration.ofSeconds(3);
    private static final Duration RECONNECT = Duration.ofMillis(250);
    private static final double INTERLEAVED = 0.3;

    private final SimTruth truth;
    private final SimScheduler scheduler;
    private final SimProcess process;
    private final SimProcess world;
    private final String node;
    private final Weather weather;
    private final Trace trace;
    private final SimRandom random;
    private final SimEnvironment inside;
    private final List<SimFeed> feeds = new ArrayList<>();
    private Crash crash = Crash.NONE;

    /** When the process is to die: at its next commit. */
    enum Crash {
        NONE,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /**
     * @param node the place of the process in the network
     */
    SimStore(Simulation simulation, SimProcess process, SimEnvironment inside, String node) {
        this.truth = simulation.truth();
        this.scheduler = simulation.scheduler();
        this.world = simulation.world();
        this.weather = simulation.weather();
        this.trace = simulation.trace();
        this.process = process;
        this.inside = inside;
        this.node = node;
        this.random = new SimRandom(simulation.seed(), "store of " + process.name());
    }

    /** The process dies at its next commit. */
    void crashAtCommit(Crash when) {
        crash = when;
    }

    /** Every feed ends with a doubt, and must be loaded anew. */
    void doubtFeeds(String why) {
        List.copyOf(feeds).forEach(feed -> feed.end(why));
    }

    /** Old changes are gone: a feed that is behind has lost its place. */
    void compacted() {
        List.copyOf(feeds).stream().filter(SimFeed::behind).forEach(feed -> feed.end("compacted"));
    }

    @Override
    public Snapshot load() throws StoreException {
        reach();
        return truth.load();
    }

    @Override
    public Optional<Entry> get(String key) throws StoreException {
        reach();
        return truth.entry(key);
    }

    @Override
    public CommitResult commit(Txn txn) {
        wander();
        if (crash != Crash.NONE) {
            return crash(txn);
        }
        if (cutOff()) {
            inside.lag(CALL_DEADLINE);
            return answer(txn, new CommitResult.Unknown("no answer in " + CALL_DEADLINE.toSeconds() + " s"));
        }
        if (weather.full()) {
            return answer(txn, new CommitResult.Refused("no space left"));
        }
        if (!random.chance(weather.unknownCommits())) {
            return answer(txn, apply(txn));
        }
        inside.lag(CALL_DEADLINE);
        CommitResult unknown = new CommitResult.Unknown("no answer in " + CALL_DEADLINE.toSeconds() + " s");
        switch (random.nextInt(3)) {
            case 0 -> trace("commit lost", txn, "");
            case 1 -> trace("commit unanswered", txn, apply(txn).toString());
            case 2 -> {
                trace("commit held up", txn, "");
                Duration later = random.between(Duration.ofMillis(1), Duration.ofSeconds(6));
                scheduler.after(
                        world,
                        later,
                        "late commit",
                        () -> trace("late commit", txn, apply(txn).toString()));
            }
            default -> throw new IllegalStateException("three cases");
        }
        return unknown;
    }

    @Override
    public Feed follow(long afterRevision, Follower follower) {
        SimFeed feed = new SimFeed(follower);
        feeds.add(feed);
        feed.source = truth.follow(afterRevision, feed);
        return feed;
    }

    @Override
    public LeaseId grantLease(Duration timeToLive) throws StoreException {
        reach();
        return truth.grantLease(timeToLive);
    }

    @Override
    public boolean renewLease(LeaseId lease) throws StoreException {
        reach();
        return truth.renewLease(lease);
    }

    @Override
    public void revokeLease(LeaseId lease) throws StoreException {
        reach();
        truth.revokeLease(lease);
    }

    @Override
    public void close() {
        List.copyOf(feeds).forEach(SimFeed::close);
    }

    private CommitResult apply(Txn txn) {
        try {
            return truth.commit(new SimTruth.Writer(process.name(), txn));
        } catch (SimulationFailure broken) {
            trace("commit that broke a rule", txn, "");
            throw broken;
        }
    }

    private CommitResult crash(Txn txn) {
        if (crash == Crash.AFTER_COMMIT && !cutOff()) {
            trace("commit and crash", txn, apply(txn).toString());
        } else {
            trace("crash before commit", txn, "");
        }
        process.kill();
        throw new SimProcess.Killed(process.name());
    }

    private CommitResult answer(Txn txn, CommitResult result) {
        trace("commit", txn, result.toString());
        return result;
    }

    /** On the way to the store other things happen, now and then: in the middle of a draft of several transactions, too. */
    private void wander() {
        process.requireAlive();
        if (random.chance(INTERLEAVED)) {
            scheduler.await(process, weather.latency(random));
        }
    }

    private void reach() throws StoreException {
        wander();
        if (cutOff()) {
            inside.lag(CALL_DEADLINE);
            throw new StoreException("the store does not answer in " + CALL_DEADLINE.toSeconds() + " s");
        }
    }

    private boolean cutOff() {
        return weather.isCut(node, PLACE);
    }

    private void trace(String what, Txn txn, String result) {
        String keys = txn.mutations().stream().map(SimStore::brief).collect(Collectors.joining(" "));
        trace.line(scheduler.nanos(), process.name(), what + " " + keys + (result.isEmpty() ? "" : " -> " + result));
    }

    private static String brief(Mutation mutation) {
        String key = mutation.key().substring("/staithe/".length());
        return switch (mutation) {
            case Mutation.Put put -> key + "=" + put.value().size();
            case Mutation.PutLeased put -> key + "=leased";
            case Mutation.Delete delete -> "-" + key;
        };
    }

    /** A feed that lags: what the truth says at once reaches the follower later, in order. */
    private final class SimFeed implements Feed, Follower {
        private final Follower follower;
        private final Deque<Runnable> calls = new ArrayDeque<>();
        private Feed source = () -> {};
        private long last;
        private boolean ended;

        SimFeed(Follower follower) {
            this.follower = follower;
        }

        @Override
        public void changed(Batch batch) {
            deliver(() -> follower.changed(batch));
        }

        @Override
        public void progressed(long revision) {
            deliver(() -> follower.progressed(revision));
        }

        @Override
        public void restart(String why) {
            end(why);
        }

        boolean behind() {
            return !calls.isEmpty();
        }

        void end(String why) {
            if (!ended) {
                calls.clear();
                source.close();
                deliver(() -> {
                    close();
                    follower.restart(why);
                });
            }
        }

        @Override
        public void close() {
            ended = true;
            calls.clear();
            source.close();
            feeds.remove(this);
        }

        private void deliver(Runnable call) {
            if (process.dead() || ended) {
                return;
            }
            calls.add(call);
            last = Math.max(last, scheduler.nanos() + weather.latency(random).toNanos());
            scheduler.at(process, last, "feed", this::next);
        }

        private void next() {
            if (ended || calls.isEmpty()) {
                return;
            }
            if (cutOff()) {
                scheduler.after(process, RECONNECT, "feed", this::next);
                return;
            }
            calls.remove().run();
        }
    }
}
