package dev.staithe.agent.container.fake;

import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop and its clock in virtual time, run by the test. */
final class VirtualLoop implements EventLoop, Time {
    private record Entry(long at, long order, Runnable work) {}

    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private long nanos = Duration.ofDays(1).toNanos();
    private long order;

    /** Runs the next piece of work at its time; false when there is none. */
    boolean step() {
        Entry entry = queue.poll();
        if (entry == null) {
            return false;
        }
        nanos = Math.max(nanos, entry.at());
        entry.work().run();
        return true;
    }

    @Override
    public void execute(Runnable work) {
        after(Duration.ZERO, work);
    }

    @Override
    public Timer after(Duration delay, Runnable work) {
        Entry entry = new Entry(nanos + delay.toNanos(), order++, work);
        queue.add(entry);
        return () -> queue.remove(entry);
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void close() {
        queue.clear();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }
}
