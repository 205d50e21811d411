package dev.staithe.runtime;

import java.time.Duration;

/**
 * One thread that owns some state: everything handed to a loop runs there, one after the other, in the order given.
 *
 * <p>Work on a loop never blocks; what blocks goes through {@link Effects} and posts its outcome back. An exception that
 * escapes from work is a bug and ends in {@link Faults#fatal}.
 */
public interface EventLoop {
    /** Runs the work on the loop, after everything handed over before. Dropped when the loop is closed. */
    void execute(Runnable work);

    /** Runs the work on the loop once the delay has passed, unless the timer is cancelled before. */
    Timer after(Duration delay, Runnable work);

    /** Whether the caller is on the loop. */
    boolean inLoop();

    /** Ends the loop: nothing handed over later runs. */
    void close();

    /** Fails unless the caller is on the loop: guards state that is confined to it. */
    default void assertInLoop() {
        if (!inLoop()) {
            throw new IllegalStateException("called off its event loop, on thread "
                    + Thread.currentThread().getName());
        }
    }

    /** A delayed piece of work. */
    interface Timer {
        /** The work will not run, unless it already has. */
        void cancel();
    }
}
