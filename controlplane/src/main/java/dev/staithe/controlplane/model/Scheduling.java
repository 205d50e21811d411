package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import java.time.Duration;
import java.util.List;

/**
 * How a service wants its tasks scheduled and treated. A change of it starts no deployment and moves no task that runs, but
 * for those of a DAEMON that no longer match.
 *
 * @param constraints all must hold, beside those of the task definition
 * @param strategies each refines the one before; empty = the default: spread over zones, then over hosts
 * @param gracePeriod after a task has started, for which what its health checks say is ignored
 * @param connectionDraining how long connections to a task may go on once it is to stop
 * @param executeCommand whether commands may be run in the containers of tasks that are started from now on
 */
public record Scheduling(
        Kind kind,
        List<PlacementConstraint> constraints,
        List<PlacementStrategy> strategies,
        Duration gracePeriod,
        Rebalancing rebalancing,
        TagSource propagateTags,
        Duration connectionDraining,
        boolean executeCommand) {
    /** Of services that do not say. */
    public static final Duration USUAL_DRAINING = Duration.ofSeconds(30);

    /** A number of tasks, wherever; nothing special. */
    public static final Scheduling REPLICA = new Scheduling(
            Kind.REPLICA,
            List.of(),
            List.of(),
            Duration.ZERO,
            Rebalancing.DISABLED,
            TagSource.NONE,
            USUAL_DRAINING,
            false);

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
