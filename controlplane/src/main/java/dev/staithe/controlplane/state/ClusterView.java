package dev.staithe.controlplane.state;

import java.time.Duration;
import java.util.function.Consumer;

/** The newest state for those who are not on the control loop: API threads. */
public interface ClusterView {
    /** The newest state that this process knows. */
    ClusterState current();

    /**
     * The newest state, as soon as it is of the revision or a later one; when that takes longer than the time allowed,
     * the newest state there is. Blocks.
     */
    ClusterState await(long revision, Duration atMost);

    /** Hands over every new state from now on. The consumer is called on the control loop and must not block. */
    AutoCloseable subscribe(Consumer<ClusterState> consumer);
}
