package dev.staithe.runtime;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs work that blocks (disk, network, the container engine) off the event loops. */
public interface Effects {
    /**
     * Runs the work somewhere else and hands its outcome to {@code then} on the home loop.
     *
     * <p>Two pieces of work started one after the other may overlap and end in any order: whoever needs an order starts
     * the second when the first has answered.
     */
    <T extends @Nullable Object> void run(EventLoop home, Callable<T> work, Consumer<Outcome<T>> then);

    /**
     * Waits for an answer that an event loop will give. Blocks: called from such work and from API threads, never on a loop.
     * The one way to wait, so that a simulator can let virtual time pass meanwhile.
     *
     * @throws TimeoutException when there is none in time
     */
    default <T> T await(Future<T> answer, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
