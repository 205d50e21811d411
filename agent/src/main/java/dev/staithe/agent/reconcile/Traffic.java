package dev.staithe.agent.reconcile;

import java.time.Duration;

/**
 * What is known of the connections to a task that is on its way out. Soft: a new agent looks again.
 *
 * @param answered whether its ports are refused, or are known not to be refusable now
 * @param quietLooks how many looks in a row, the last ones, found no connection
 * @param drained for how long its connections have been waited for, across restarts of the agent
 * @param released whether nothing is refused for it any more
 */
public record Traffic(boolean answered, int quietLooks, Duration drained, boolean released) {
    /** Nothing was looked at. */
    public static final Traffic UNKNOWN = new Traffic(false, 0, Duration.ZERO, false);
}
