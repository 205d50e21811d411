package dev.staithe.sim;

import dev.staithe.runtime.Effects;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Faults;
import dev.staithe.runtime.Ids;
import dev.staithe.runtime.Outcome;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The environment of one simulated process: its own view of virtual time, loops and effects that are events of the one
 * scheduler, chance from the seed.
 */
final class SimEnvironment {
    /** When a simulation begins, by a clock that is right. */
    static final Instant BEGINNING = Instant.parse("2026-03-01T00:00:00Z");

    private final SimProcess process;
    private final SimScheduler scheduler;
    private final SimRandom random;
    private final long seed;
    private final SimWallClock clock;
    private final long origin;
    private @Nullable SimLoop running;
    private long lagNanos;
    private long ids;

    private SimEnvironment(SimProcess process, SimScheduler scheduler, long seed, SimWallClock clock) {
        this.process = process;
        this.scheduler = scheduler;
        this.seed = seed;
        this.clock = clock;
        this.random = new SimRandom(seed, "process " + process.name());
        this.origin = random.nextLong() >> 4;
    }

    /** What the process is given, and what the simulator keeps to itself. */
    record Made(Environment environment, SimEnvironment inside) {}

    /**
     * Makes the environment of a process.
     *
     * @param clock of the machine that it runs on
     */
    static Made of(SimProcess process, SimScheduler scheduler, long seed, SimWallClock clock) {
        SimEnvironment inside = new SimEnvironment(process, scheduler, seed, clock);
        Environment environment = new Environment(
                inside.time(), inside::loop, inside.new SimEffects(), inside.random, inside.ids(), inside.faults());
        return new Made(environment, inside);
    }

    /** The blocking work that goes on now takes this much longer. */
    void lag(Duration longer) {
        lagNanos += longer.toNanos();
    }

    private EventLoop loop(String name) {
        return new SimLoop(name);
    }

    private Time time() {
        return new Time() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public long nanos() {
                return origin + scheduler.nanos();
            }
        };
    }

    private Ids ids() {
        return () -> Ids.derived("sim", Long.toString(seed), process.name(), Long.toString(++ids));
    }

    private Faults faults() {
        return new Faults() {
            @Override
            public void fatal(String what, Throwable cause) {
                throw new SimulationFailure("fatal in " + process.name() + ": " + what, cause);
            }

            @Override
            public void unexpected(String what, Throwable cause) {
                throw new SimulationFailure("unexpected in " + process.name() + ": " + what, cause);
            }
        };
    }

    /** How long a hand-over takes: next to nothing, now and then some milliseconds on a busy machine. */
    private long handOver() {
        return random.chance(0.05) ? random.nextInt(3_000_000) : random.nextInt(20_000);
    }

    private long blocking() {
        return random.chance(0.03) ? random.nextInt(300_000_000) : 100_000 + random.nextInt(2_000_000);
    }

    private final class SimLoop implements EventLoop {
        private final String name;
        private long last;
        private boolean closed;

        SimLoop(String name) {
            this.name = name;
        }

        @Override
        public void execute(Runnable work) {
            last = Math.max(last, scheduler.nanos() + handOver());
            scheduler.at(process, last, name, () -> enter(work));
        }

        @Override
        public Timer after(Duration delay, Runnable work) {
            long due = scheduler.nanos() + Math.max(0, delay.toNanos()) + handOver();
            return scheduler.at(process, due, name, () -> enter(work))::cancel;
        }

        @Override
        public boolean inLoop() {
            return running == this;
        }

        @Override
        public void close() {
            closed = true;
        }

        private void enter(Runnable work) {
            if (closed) {
                return;
            }
            SimLoop before = running;
            running = this;
            try {
                work.run();
            } finally {
                running = before;
            }
        }
    }

    private final class SimEffects implements Effects {
        @Override
        public <T extends @Nullable Object> void run(EventLoop home, Callable<T> work, Consumer<Outcome<T>> then) {
            scheduler.at(process, scheduler.nanos() + blocking(), "effect", () -> {
                SimLoop before = running;
                long lagBefore = lagNanos;
                running = null;
                lagNanos = 0;
                Outcome<T> outcome;
                long lag;
                try {
                    outcome = new Outcome.Done<>(work.call());
                } catch (Exception e) {
                    outcome = new Outcome.Failed<>(e);
                } finally {
                    running = before;
                    lag = lagNanos;
                    lagNanos = lagBefore;
                }
                Outcome<T> answered = outcome;
                scheduler.at(
                        process,
                        scheduler.nanos() + blocking() / 4 + lag,
                        "outcome",
                        () -> home.execute(() -> then.accept(answered)));
            });
        }

        @Override
        public <T> T await(Future<T> answer, Duration patience)
                throws InterruptedException, ExecutionException, TimeoutException {
            scheduler.await(process, patience, answer::isDone);
            return answer.get(0, TimeUnit.NANOSECONDS);
        }
    }
}
