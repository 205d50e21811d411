package dev.staithe.runtime;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The environment of a real process: the system's clocks, one thread a loop, virtual threads for effects. */
public final class SystemEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(SystemEnvironment.class);

    /** Exit status after a fatal fault: EX_SOFTWARE of sysexits.h. */
    private static final int EXIT_SOFTWARE = 70;

    private SystemEnvironment() {}

    /** An environment whose fatal faults end the process. */
    public static Environment create() {
        return create(new ExitingFaults());
    }

    /** An environment with other faults, for tests that run real threads. */
    public static Environment create(Faults faults) {
        SecureRandom random = new SecureRandom();
        return new Environment(
                new SystemTime(),
                name -> new ThreadLoop(name, faults),
                new VirtualThreadEffects(faults),
                new SystemRandomness(random),
                () -> randomId(random),
                faults);
    }

    /** Threads for the edges of a process, whose libraries want an executor: one virtual thread a task. */
    public static ExecutorService blockingThreads() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    private static String randomId(SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static final class SystemTime implements Time {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }

    private record SystemRandomness(SecureRandom random) implements Randomness {
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

    private static final class ExitingFaults implements Faults {
        @Override
        public void fatal(String what, Throwable cause) {
            LOG.atError()
                    .setCause(cause)
                    .log("fatal: {}; the process ends so that it can start from what is stored", what);
            Runtime.getRuntime().halt(EXIT_SOFTWARE);
        }

        @Override
        public void unexpected(String what, Throwable cause) {
            LOG.atError().setCause(cause).log("unexpected: {}", what);
        }
    }

    private static final class ThreadLoop implements EventLoop {
        private final Faults faults;
        private final ScheduledThreadPoolExecutor executor;
        private volatile @Nullable Thread thread;

        ThreadLoop(String name, Faults faults) {
            this.faults = faults;
            executor = new ScheduledThreadPoolExecutor(1, work -> {
                Thread made = new Thread(work, name);
                made.setDaemon(true);
                thread = made;
                return made;
            });
            executor.setRemoveOnCancelPolicy(true);
            executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            executor.setRejectedExecutionHandler((work, closed) -> {});
        }

        @Override
        public void execute(Runnable work) {
            executor.execute(guarded(work));
        }

        @Override
        public Timer after(Duration delay, Runnable work) {
            ScheduledFuture<?> future =
                    executor.schedule(guarded(work), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        }

        @Override
        public boolean inLoop() {
            return Thread.currentThread().equals(thread);
        }

        @Override
        public void close() {
            executor.shutdown();
        }

        private Runnable guarded(Runnable work) {
            return () -> {
                try {
                    work.run();
                } catch (Throwable bug) {
                    faults.fatal("uncaught on loop " + Thread.currentThread().getName(), bug);
                }
            };
        }
    }

    private static final class VirtualThreadEffects implements Effects {
        private final Faults faults;
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        VirtualThreadEffects(Faults faults) {
            this.faults = faults;
        }

        @Override
        public <T extends @Nullable Object> void run(EventLoop home, Callable<T> work, Consumer<Outcome<T>> then) {
            threads.execute(() -> {
                Outcome<T> outcome;
                try {
                    outcome = new Outcome.Done<>(work.call());
                } catch (Exception e) {
                    outcome = new Outcome.Failed<>(e);
                } catch (Throwable error) {
                    faults.fatal("error in an effect", error);
                    return;
                }
                Outcome<T> answered = outcome;
                home.execute(() -> then.accept(answered));
            });
        }
    }
}
