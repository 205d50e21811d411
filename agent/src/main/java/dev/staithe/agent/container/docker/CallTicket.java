package dev.staithe.agent.container.docker;

import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call under way: ends it from outside by interrupting its thread, and never afterwards.
 *
 * <p>Made and ended on the thread of the call; the rest may come from any thread.
 */
final class CallTicket {
    private enum State {
        RUNNING,
        INTERRUPTING,
        INTERRUPTED,
        ENDED
    }

    private final Thread thread = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final EventLoop loop;
    private final Time time;
    private volatile long deadlineNanos;
    private volatile @Nullable Duration limit;
    private volatile boolean expired;
    private volatile EventLoop.@Nullable Timer timer;

    CallTicket(EventLoop loop, Time time) {
        this.loop = loop;
        this.time = time;
    }

    /**
     * The call ends when it takes longer than this from now on. May be said again by the call itself, to put the end off or
     * to bring it nearer.
     */
    void expiresIn(Duration allowed) {
        long before = deadlineNanos;
        EventLoop.Timer pending = timer;
        limit = allowed;
        deadlineNanos = time.nanos() + allowed.toNanos();
        if (pending == null) {
            timer = loop.after(allowed, this::check);
        } else if (deadlineNanos - before < 0) {
            pending.cancel();
            timer = loop.after(allowed, this::check);
        }
    }

    /** What was allowed when the time was up; empty when it was not. */
    Optional<Duration> expiredAfter() {
        return expired ? Optional.ofNullable(limit) : Optional.empty();
    }

    /** Whether the call was ended from outside, for lack of time or on request. */
    boolean cancelled() {
        State now = state.get();
        return now == State.INTERRUPTING || now == State.INTERRUPTED;
    }

    /** Ends the call, if it is still under way. */
    void cancel() {
        if (state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            thread.interrupt();
            state.set(State.INTERRUPTED);
        }
    }

    /** The call is over: nothing interrupts its thread any more, and no interrupt of ours is left behind on it. */
    void end() {
        EventLoop.Timer pending = timer;
        if (pending != null) {
            pending.cancel();
        }
        if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
            while (state.get() == State.INTERRUPTING) {
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }
    }

    private void check() {
        long left = deadlineNanos - time.nanos();
        if (left > 0) {
            timer = loop.after(Duration.ofNanos(left), this::check);
        } else {
            expired = true;
            cancel();
        }
    }
}
