package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the leader's drafts, one at a time, and knows when the state shows the last one.
 *
 * <p>A term begins with the barrier: the sequence key written alone. The same barrier follows every outcome in doubt: once
 * it is written, what was in doubt has been applied and the feed shows it, or it never will be.
 *
 * <p>Hard state: none, the sequence is in the store. Confined to the control loop; blocking work runs in effects.
 */
final class Sequencer implements LeaderRoles.Role {
    private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** Told how a draft ended: exactly one of these, once. */
    interface Ending {
        /** All of it is written; the feed will pass the revision. */
        void written(long revision);

        /** State and store disagree, or nobody knows what was written: plan again. */
        void again();

        /** The store takes no changes; nothing was written. */
        void refused(String why);

        /** The term is over: nobody knows what was written. */
        void abandoned();
    }

    /** Told what its owner has to know. */
    interface Listener {
        /** The next draft may be written, once the state has come far enough. */
        void free();

        /** The store takes no changes, not even the barrier: it is tried again, for as long as the term lasts. */
        void stuck(String why);
    }

    private sealed interface Phase {
        /** This replica does not lead. */
        record Idle() implements Phase {}

        /** The sequence is not known: the barrier is to be written. */
        record Synchronising(Leadership leadership) implements Phase {}

        /** The next draft follows the transaction of this revision, which the state must show first. */
        record Free(Leadership leadership, long sequence) implements Phase {}

        /** A draft is being written. */
        record Committing(Leadership leadership, Ending ending) implements Phase {}
    }

    private final Environment environment;
    private final EventLoop loop;
    private final Committer committer;
    private final Consumer<Leadership> fenced;
    private final Listener listener;
    private Phase phase = new Phase.Idle();
    private Optional<Runnable> begin = Optional.empty();
    private Optional<EventLoop.Timer> timer = Optional.empty();
    private long revision;
    private int failures;

    /** @param fenced told when a transaction of the term was fenced: it is over */
    Sequencer(
            Environment environment,
            EventLoop loop,
            Committer committer,
            Consumer<Leadership> fenced,
            Listener listener) {
        this.environment = environment;
        this.loop = loop;
        this.committer = committer;
        this.fenced = fenced;
        this.listener = listener;
    }

    /** Writes the barrier; ready once the state shows it. */
    @Override
    public void start(Leadership leadership, Runnable ready) {
        loop.assertInLoop();
        begin = Optional.of(ready);
        failures = 0;
        synchronise(leadership);
    }

    @Override
    public void stop(String why) {
        loop.assertInLoop();
        Phase before = phase;
        phase = new Phase.Idle();
        begin = Optional.empty();
        timer.ifPresent(EventLoop.Timer::cancel);
        timer = Optional.empty();
        if (before instanceof Phase.Committing committing) {
            committing.ending().abandoned();
        }
    }

    @Override
    public boolean running() {
        return !(phase instanceof Phase.Idle) || timer.isPresent();
    }

    /** The state is of this revision now. */
    void reached(long now) {
        revision = now;
        if (free() && begin.isPresent()) {
            Runnable ready = begin.get();
            begin = Optional.empty();
            ready.run();
        }
    }

    /** Whether a draft of the state may be written: nothing is under way, and the state shows what was written last. */
    boolean free() {
        return phase instanceof Phase.Free free && revision >= free.sequence();
    }

    /** Writes the draft, which was made from a state for which this is {@link #free}. */
    void write(Draft draft, Ending ending) {
        if (!free() || !(phase instanceof Phase.Free free)) {
            throw new IllegalStateException("a draft is handed over although the last one is under way");
        }
        Leadership leadership = free.leadership();
        Phase committing = new Phase.Committing(leadership, ending);
        phase = committing;
        environment.effects().run(loop, () -> committer.write(draft, leadership.guard(), free.sequence()), outcome -> {
            if (phase.equals(committing)) {
                ended(leadership, ending, answer(outcome));
            }
        });
    }

    private void ended(Leadership leadership, Ending ending, Committer.Result result) {
        switch (result) {
            case Committer.Result.Written written -> {
                failures = 0;
                phase = new Phase.Free(leadership, written.revision());
                ending.written(written.revision());
                listener.free();
            }
            case Committer.Result.Doubtful doubtful -> {
                LOG.atWarn().addKeyValue("rev", revision).log("planning again: {}", doubtful.why());
                phase = new Phase.Synchronising(leadership);
                ending.again();
                // At once the first time; what fails again and again must not spin.
                if (failures++ == 0) {
                    synchronise(leadership);
                } else {
                    synchroniseLater(leadership);
                }
            }
            case Committer.Result.Refused refused -> {
                LOG.atError().log("the store takes no changes: {}", refused.why());
                phase = new Phase.Synchronising(leadership);
                ending.refused(refused.why());
                synchroniseLater(leadership);
            }
            case Committer.Result.Fenced late -> fenced(leadership);
        }
    }

    private void synchronise(Leadership leadership) {
        Phase synchronising = new Phase.Synchronising(leadership);
        phase = synchronising;
        timer = Optional.empty();
        environment.effects().run(loop, () -> committer.synchronise(leadership.guard()), outcome -> {
            if (phase.equals(synchronising)) {
                synchronised(leadership, answer(outcome));
            }
        });
    }

    private void synchronised(Leadership leadership, Committer.Result result) {
        switch (result) {
            case Committer.Result.Written written -> {
                phase = new Phase.Free(leadership, written.revision());
                reached(revision);
                listener.free();
            }
            case Committer.Result.Doubtful doubtful -> {
                if (failures == 0) {
                    LOG.atWarn().log("the barrier is not written yet: {}", doubtful.why());
                }
                synchroniseLater(leadership);
            }
            case Committer.Result.Refused refused -> {
                listener.stuck(refused.why());
                synchroniseLater(leadership);
            }
            case Committer.Result.Fenced late -> fenced(leadership);
        }
    }

    /** Later each time, until a draft was written. */
    private void synchroniseLater(Leadership leadership) {
        Duration longer = FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 10));
        Duration wait = longer.compareTo(LAST_RETRY) < 0 ? longer : LAST_RETRY;
        timer = Optional.of(loop.after(environment.randomness().jitter(wait, 0.2), () -> synchronise(leadership)));
    }

    private void fenced(Leadership leadership) {
        LOG.atWarn().addKeyValue("epoch", leadership.epoch()).log("fenced: another replica leads");
        stop("another replica leads");
        fenced.accept(leadership);
    }

    private static Committer.Result answer(Outcome<Committer.Result> outcome) {
        return switch (outcome) {
            case Outcome.Done<Committer.Result> done -> done.value();
            case Outcome.Failed<Committer.Result> failed ->
                throw new IllegalStateException("a commit threw instead of answering", failed.cause());
        };
    }
}
