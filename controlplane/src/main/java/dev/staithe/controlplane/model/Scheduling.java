package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.time.Duration;
import java.util.List;

/**
 * How a service wants its tasks scheduled. A change of it starts no deployment and moves no task that runs, but for those
 * of a DAEMON that no longer match.
 *
 * @param constraints all must hold, beside those of the task definition
 * @param strategies each refines the one before; empty = the default: spread over zones, then over hosts
 * @param gracePeriod after a task has started, for which what its health checks say is ignored
 */
public record Scheduling(
        Kind kind,
        List<PlacementConstraint> constraints,
        List<PlacementStrategy> strategies,
        Duration gracePeriod,
        Rebalancing rebalancing,
        TagSource propagateTags) {
    /** A number of tasks, wherever; nothing special. */
    public static final Scheduling REPLICA =
            new Scheduling(Kind.REPLICA, List.of(), List.of(), Duration.ZERO, Rebalancing.DISABLED, TagSource.NONE);

    public Scheduling {
        constraints = List.copyOf(constraints);
        strategies = List.copyOf(strategies);
    }

    /** A number of tasks, or one on every instance that matches. */
    public enum Kind {
        REPLICA,
        DAEMON
    }

    /** Whether tasks that run are moved to make the spread even. */
    public enum Rebalancing {
        ENABLED,
        DISABLED,
        /** Says what it would move, and moves nothing. */
        DRY_RUN
    }

    /** Where new tasks get their tags from. */
    public enum TagSource {
        NONE,
        SERVICE,
        TASK_DEFINITION
    }

    public boolean daemon() {
        return kind == Kind.DAEMON;
    }
}
