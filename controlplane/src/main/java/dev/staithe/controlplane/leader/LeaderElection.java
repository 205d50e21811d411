package dev.staithe.controlplane.leader;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.leader.Campaign.Verdict;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election until it is closed: takes the leader's key when nobody has it, keeps its lease alive while it leads,
 * and steps down on its own clock before the lease can have run out.
 *
 * <p>It polls nothing: it campaigns at the start and when it is told that the key is gone. All state is soft and confined
 * to the loop. That a former leader writes nothing does not hang on this class or on any clock, but on the fence in every
 * transaction; the clock only keeps a leader that is cut off from giving orders for longer than its lease.
 */
public final class LeaderElection {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    /** Told on the loop. */
    public interface Listener {
        /** This replica leads from now on. */
        void elected(Leadership leadership);

        /** It leads no more. Whatever only a leader does must have stopped when this returns. */
        void demoted(String why);

        /** Somebody else leads, or nobody; as far as the feed says, so possibly later than {@link #elected}. */
        void leaderChanged(Optional<LeaderRecord> leader);
    }

    private enum Phase {
        NEW,
        WAITING,
        CAMPAIGNING,
        LEADING,
        CLOSED
    }

    private final Candidate self;
    private final Store store;
    private final Environment environment;
    private final EventLoop loop;
    private final Listener listener;
    private final Patience patience;

    private Phase phase = Phase.NEW;
    private @Nullable Term term;
    private EventLoop.@Nullable Timer retry;
    private Optional<LeaderRecord> leader = Optional.empty();
    private boolean vacancySeen;
    private long notBeforeNanos;
    private boolean endingLease;
    private @Nullable Runnable closed;

    public LeaderElection(Candidate self, Store store, Environment environment, EventLoop loop, Listener listener) {
        this.self = self;
        this.store = store;
        this.environment = environment;
        this.loop = loop;
        this.listener = listener;
        this.patience = new Patience(self.nodeId(), self.lease().dividedBy(5), environment.randomness());
        this.notBeforeNanos = environment.time().nanos();
    }

    /** Starts to stand for election. From any thread. */
    public void start() {
        loop.execute(() -> {
            if (phase == Phase.NEW) {
                phase = Phase.WAITING;
                stand();
            }
        });
    }

    /**
     * What the leader's key holds now: told on the loop by whoever follows the store, after each load and each change of
     * the key, in revision order.
     */
    public void leaderKey(Optional<Entry> entry) {
        loop.assertInLoop();
        vacancySeen = entry.isEmpty();
        Optional<LeaderRecord> told = entry.flatMap(LeaderElection::record);
        if (!told.equals(leader)) {
            leader = told;
            listener.leaderChanged(told);
        }
        Term current = term;
        if (current != null) {
            current.told(entry);
        } else if (entry.isEmpty()) {
            stand();
        }
    }

    /** The leadership, unless its lease may have run out. On the loop. */
    public Optional<Leadership> leadership() {
        loop.assertInLoop();
        return Optional.ofNullable(term).filter(current -> !current.isOver()).map(Term::leadership);
    }

    /** A transaction of this term was fenced: it is over, whatever the clock says. On the loop. */
    public void fenced(Leadership fenced) {
        loop.assertInLoop();
        Term current = term;
        if (current != null && current.leadership().equals(fenced)) {
            stepDown("a transaction was fenced: the leadership had passed on");
        }
    }

    /** Steps down and leaves the next term to others for as long as a lease, if there are others. From any thread. */
    public void resign() {
        loop.execute(() -> {
            if (term != null) {
                notBeforeNanos = environment.time().nanos() + self.lease().toNanos();
                stepDown("resigned");
            }
        });
    }

    /**
     * Steps down and never stands again. From any thread.
     *
     * @param done run on the loop once the key is given up, or cannot be: the store is needed no more
     */
    public void close(Runnable done) {
        loop.execute(() -> {
            Phase before = phase;
            phase = Phase.CLOSED;
            closed = done;
            cancel(retry);
            if (before == Phase.LEADING) {
                stepDown("closed");
            } else if (before != Phase.CAMPAIGNING && !endingLease) {
                tellClosed();
            }
        });
    }

    /** Campaigns, now or as soon as this candidate may. */
    private void stand() {
        cancel(retry);
        if (phase != Phase.WAITING || endingLease) {
            return;
        }
        long wait = notBeforeNanos - environment.time().nanos();
        if (wait > 0) {
            retry = loop.after(Duration.ofNanos(wait), this::stand);
            return;
        }
        phase = Phase.CAMPAIGNING;
        vacancySeen = false;
        LeaderRecord record = LeaderRecord.newBuilder()
                .setNodeId(self.nodeId())
                .setAddress(self.address())
                .setCampaign(environment.ids().next())
                .build();
        Campaign campaign = new Campaign(store, environment.time(), record, self.lease());
        environment.effects().run(loop, campaign::run, outcome -> decided(campaign, outcome));
    }

    private void decided(Campaign campaign, Outcome<Verdict> outcome) {
        Verdict verdict = answer(outcome);
        if (phase == Phase.CLOSED) {
            endLease(campaign::abandon);
            return;
        }
        switch (verdict) {
            case Verdict.Won won -> lead(campaign, won);
            case Verdict.Lost lost -> {
                patience.answered();
                phase = Phase.WAITING;
                if (vacancySeen) {
                    stand();
                }
            }
            case Verdict.Undecided undecided -> {
                Duration wait = patience.failed("the outcome of a campaign is not known yet", undecided.cause());
                loop.after(
                        wait,
                        () -> environment
                                .effects()
                                .run(loop, campaign::resolve, resolved -> decided(campaign, resolved)));
            }
            case Verdict.Failed failed -> {
                phase = Phase.WAITING;
                retry = loop.after(patience.failed("cannot campaign", failed.cause()), this::stand);
            }
        }
    }

    private void lead(Campaign campaign, Verdict.Won won) {
        patience.answered();
        Term elected = new Term(won, self.lease(), store, environment, loop, patience, this::stepDown);
        if (elected.isOver()) {
            LOG.atWarn().addKeyValue("epoch", won.epoch()).log("elected too late to lead: the lease may have run out");
            phase = Phase.WAITING;
            endLease(campaign::abandon);
            return;
        }
        phase = Phase.LEADING;
        term = elected;
        elected.start();
        LOG.atInfo()
                .addKeyValue("node", self.nodeId())
                .addKeyValue("epoch", won.epoch())
                .log("elected leader");
        listener.elected(elected.leadership());
    }

    private void stepDown(String why) {
        Term ended = term;
        if (ended == null) {
            return;
        }
        term = null;
        ended.end();
        if (phase == Phase.LEADING) {
            phase = Phase.WAITING;
        }
        LOG.atInfo()
                .addKeyValue("node", self.nodeId())
                .addKeyValue("epoch", ended.leadership().epoch())
                .addKeyValue("why", why)
                .log("leader no more");
        listener.demoted(why);
        endLease(ended::giveBack);
    }

    private interface Ending {
        void run() throws StoreException;
    }

    /** Gives the key back, and then goes on as the phase says. */
    private void endLease(Ending ending) {
        endingLease = true;
        environment
                .effects()
                .run(
                        loop,
                        () -> {
                            ending.run();
                            return true;
                        },
                        outcome -> {
                            // A lease that could not be ended runs out by itself.
                            endingLease = false;
                            if (phase == Phase.CLOSED) {
                                tellClosed();
                            } else {
                                stand();
                            }
                        });
    }

    private void tellClosed() {
        Runnable done = closed;
        closed = null;
        if (done != null) {
            done.run();
        }
    }

    private static Verdict answer(Outcome<Verdict> outcome) {
        return switch (outcome) {
            case Outcome.Done<Verdict> done -> done.value();
            case Outcome.Failed<Verdict> bug -> throw new IllegalStateException("a campaign broke", bug.cause());
        };
    }

    private static Optional<LeaderRecord> record(Entry entry) {
        try {
            return Optional.of(LeaderRecord.parseFrom(entry.value()));
        } catch (InvalidProtocolBufferException e) {
            LOG.atWarn().addKeyValue("rev", entry.revision()).log("the leader's record cannot be read");
            return Optional.empty();
        }
    }

    private static void cancel(EventLoop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
