package dev.staithe.runtime;

import java.util.concurrent.Callable;
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
}
