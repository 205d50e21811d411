package dev.staithe.agent;

import dev.staithe.runtime.Effects;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Faults;
import dev.staithe.runtime.Outcome;
import dev.staithe.runtime.Randomness;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One queue and one clock for everything, run by the test: the same test, the same order. */
public final class SimulatedWorld implements Time {
    private static final Duration EFFECT_TAKES = Duration.ofMillis(1);

    private record Entry(long at, long order, Loop loop, Runnable work) {}

    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
    private final Random random = new Random(42);
    private long nanos = Duration.ofDays(20_000).toNanos();
    private long order;
    private long ids;

    /** An environment whose loops end with {@link EventLoop#close}, as those of a killed process do. */
    public Environment environment(Consumer<EventLoop> opened) {
        return new Environment(
                this,
                name -> {
                    Loop loop = new Loop();
                    opened.accept(loop);
                    return loop;
                },
                new LoopEffects(),
                new Seeded(),
                () -> "%032x".formatted(++ids),
                new FailingFaults());
    }

    public EventLoop loop() {
        return new Loop();
    }

    /** Runs everything that is due until that much time has passed. */
    public void run(Duration duration) {
        long end = nanos + duration.toNanos();
        while (!queue.isEmpty() && queue.element().at() <= end) {
            Entry entry = queue.remove();
            nanos = Math.max(nanos, entry.at());
            if (!entry.loop().closed) {
                entry.work().run();
            }
        }
        nanos = Math.max(nanos, end);
    }

    /** What is running now takes that long, and holds up everything else. */
    public void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    private final class Loop implements EventLoop {
        private boolean closed;

        @Override
        public void execute(Runnable work) {
            queue.add(new Entry(nanos, order++, this, work));
        }

        @Override
        public Timer after(Duration delay, Runnable work) {
            Entry entry = new Entry(nanos + Math.max(0, delay.toNanos()), order++, this, work);
            queue.add(entry);
            return () -> queue.remove(entry);
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class LoopEffects implements Effects {
        @Override
        public <T extends @Nullable Object> void run(EventLoop home, Callable<T> work, Consumer<Outcome<T>> then) {
            // The work happens half-way, so that a kill can come before it, after it, and before its answer.
            home.after(EFFECT_TAKES.dividedBy(2), () -> {
                Outcome<T> outcome = outcome(work);
                home.after(EFFECT_TAKES.dividedBy(2), () -> then.accept(outcome));
            });
        }

        private <T extends @Nullable Object> Outcome<T> outcome(Callable<T> work) {
            try {
                return new Outcome.Done<>(work.call());
            } catch (Exception e) {
                return new Outcome.Failed<>(e);
            }
        }
    }

    private final class Seeded implements Randomness {
        @Override
        public long nextLong() {
            return random.nextLong();
        }

        @Override
        public int nextInt(int bound) {
            return random.nextInt(bound);
        }

        @Override
        public double nextDouble() {
            return random.nextDouble();
        }
    }

    private static final class FailingFaults implements Faults {
        @Override
        public void fatal(String what, Throwable cause) {
            throw new AssertionError("fatal: " + what, cause);
        }

        @Override
        public void unexpected(String what, Throwable cause) {
            throw new AssertionError("unexpected: " + what, cause);
        }
    }
}
