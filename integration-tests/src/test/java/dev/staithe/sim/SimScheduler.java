package dev.staithe.sim;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * The one queue of everything that will happen, by time and then by the order in which it was scheduled. Virtual time jumps
 * from one event to the next; no real clock and no second thread is involved.
 */
final class SimScheduler {
    /** How deep work that waits in virtual time may be stacked on other such work. */
    private static final int DEEPEST_WAIT = 6;

    /** Something that will happen to a process. */
    static final class Event implements Comparable<Event> {
        private final SimProcess owner;
        private final String what;
        private final Runnable work;
        private long nanos;
        private long sequence;
        private boolean cancelled;

        private Event(SimProcess owner, String what, Runnable work) {
            this.owner = owner;
            this.what = what;
            this.work = work;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final Trace trace;
    private Runnable afterEach = () -> {};
    private long now;
    private long sequence;
    private long steps;
    private int waits;

    SimScheduler(Trace trace) {
        this.trace = trace;
    }

    /** Called after every event. */
    void afterEach(Runnable check) {
        afterEach = check;
    }

    /** Virtual time since the beginning. */
    long nanos() {
        return now;
    }

    long steps() {
        return steps;
    }

    /** Schedules work for a process; it is dropped when the process is dead by then. */
    Event after(SimProcess owner, Duration delay, String what, Runnable work) {
        return at(owner, now + Math.max(0, delay.toNanos()), what, work);
    }

    /** Schedules work for a moment of virtual time, now at the earliest. */
    Event at(SimProcess owner, long nanos, String what, Runnable work) {
        Event event = new Event(owner, what, work);
        event.nanos = Math.max(now, nanos);
        event.sequence = ++sequence;
        queue.add(event);
        return event;
    }

    /** Schedules an event anew, for now. */
    void again(Event event) {
        event.nanos = now;
        event.sequence = ++sequence;
        queue.add(event);
    }

    /** Lets everything happen that is due within the time. */
    void run(Duration time) {
        runUntil(now + time.toNanos());
    }

    private void runUntil(long end) {
        while (!queue.isEmpty() && queue.peek().nanos <= end) {
            step();
        }
        now = Math.max(now, end);
    }

    /**
     * Lets the process wait in the middle of its work: everything else goes on meanwhile, other work of the process
     * included. Comes back later than asked when the process was paused, and never when it was killed. Where too much waits
     * already it comes back at once.
     */
    void await(SimProcess process, Duration time) {
        await(process, time, () -> false);
    }

    /** The same, until something has happened, for at most this time. */
    void await(SimProcess process, Duration time, BooleanSupplier done) {
        if (waits >= DEEPEST_WAIT) {
            return;
        }
        waits++;
        try {
            long end = now + time.toNanos();
            while (!done.getAsBoolean() && !process.dead() && !queue.isEmpty() && queue.peek().nanos <= end) {
                step();
            }
            if (!done.getAsBoolean() && !process.dead()) {
                now = Math.max(now, end);
            }
            while (process.paused() && !queue.isEmpty()) {
                step();
            }
        } finally {
            waits--;
        }
        process.requireAlive();
    }

    private void step() {
        Event event = queue.remove();
        if (event.cancelled || event.owner.dead()) {
            return;
        }
        now = Math.max(now, event.nanos);
        if (event.owner.paused()) {
            event.owner.park(event);
            return;
        }
        steps++;
        trace.step(now, event.owner.name(), event.what);
        try {
            event.work.run();
        } catch (SimProcess.Killed killed) {
            if (!event.owner.dead()) {
                throw new SimulationFailure("killed is another process than " + event.owner.name(), killed);
            }
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (Throwable bug) {
            throw new SimulationFailure("uncaught in " + event.owner.name() + ", " + event.what + ": " + bug, bug);
        }
        afterEach.run();
    }
}
