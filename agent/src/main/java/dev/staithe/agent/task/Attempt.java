package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.reconcile.Step;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A step under way, or waiting for its next try. Confined to the loop. */
final class Attempt {
    private static final int MOST_TRIES = 5;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LAST_DELAY = Duration.ofSeconds(30);

    final Step step;
    final Class<? extends Step> kind;
    private int failures;
    private boolean inFlight = true;
    private EventLoop.@Nullable Timer retry;
    private @Nullable ContainerFault lastFault;

    Attempt(Step step) {
        this.step = step;
        kind = step.getClass();
    }

    boolean inFlight() {
        return inFlight;
    }

    boolean retried() {
        return failures > 0;
    }

    /** Whether the step is being carried out, or its next try is not due. */
    boolean busy() {
        return inFlight || retry != null;
    }

    /** Why its last try failed, while it waits for the next. */
    Optional<ContainerFault> waitsAfter() {
        return retry == null ? Optional.empty() : Optional.ofNullable(lastFault);
    }

    void again() {
        inFlight = true;
    }

    /** The next try is due at once if it waits for the engine only. */
    void engineAnswers() {
        if (retry != null && lastFault != null && lastFault.kind() == Kind.EngineUnavailableError) {
            retry.cancel();
            retry = null;
        }
    }

    void cancel() {
        if (retry != null) {
            retry.cancel();
        }
    }

    /**
     * Whether the step may be tried again after this fault. A stop or a removal has to succeed in the end, and an engine or a
     * control plane that does not answer says nothing about the task; everything else is given up after a few tries.
     */
    boolean mayRetry(ContainerFault fault) {
        boolean mustSucceed = kind == Step.Stop.class || kind == Step.Remove.class;
        return mustSucceed
                || fault.kind() == Kind.EngineUnavailableError
                || fault.kind() == Kind.ControlPlaneUnavailableError
                || (fault.retriable() && failures + 1 < MOST_TRIES);
    }

    Duration nextDelay() {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(failures, 8));
        return delay.compareTo(LAST_DELAY) < 0 ? delay : LAST_DELAY;
    }

    void failed(EventLoop loop, ContainerFault fault, Duration delay, Runnable due) {
        failures++;
        lastFault = fault;
        inFlight = false;
        retry = loop.after(delay, () -> {
            retry = null;
            due.run();
        });
    }
}
