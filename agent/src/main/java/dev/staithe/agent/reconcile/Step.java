package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.model.PullBehavior;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The next thing to do for a task. Doing it again changes nothing; after it, one looks again. */
public sealed interface Step {
    /** A step that concerns one container; there is at most one at a time for each. */
    sealed interface OfContainer extends Step {
        /** The container's name in the task definition. */
        String container();
    }

    /** Sees to it that the image is on the host. */
    record Pull(String container, String image, PullBehavior behavior) implements OfContainer {}

    record Create(String container) implements OfContainer {}

    /**
     * Starts it, or starts it again.
     *
     * @param former when its run before this one began, in milliseconds since the epoch, so that one is not taken for the
     *     other; 0 = it never ran
     */
    record Start(String container, String id, long former) implements OfContainer {}

    /** Stop signal, and SIGKILL after the grace period. */
    record Stop(String container, String id, Duration grace) implements OfContainer {}

    record Remove(String container, String id) implements OfContainer {}

    /** Refuses new connections to these ports, and waits for those that the listeners have. */
    record Drain(SortedSet<HostPort> refused, List<Listener> listeners) implements Step {
        public Drain {
            refused = Collections.unmodifiableSortedSet(new TreeSet<>(refused));
            listeners = List.copyOf(listeners);
        }
    }

    /** Frees the ports that were refused for the task. */
    record Release() implements Step {}

    /** Removes the volumes that were made for the task alone. */
    record RemoveVolumes() implements Step {}

    /** Nothing before this instant of the host's clock. */
    record Wait(Instant until) implements Step {}

    /** The task is over, cleaned up, and its end is recorded: it leaves the ledger. */
    record Forget() implements Step {}
}
