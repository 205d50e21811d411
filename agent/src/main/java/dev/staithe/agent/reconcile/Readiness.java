package dev.staithe.agent.reconcile;

import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.Dependencies.Need;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether what one container needs of another holds. Pure.
 *
 * <p>As in ECS, startTimeout is a setting of the container that is waited for, counts from its start, and concerns COMPLETE,
 * SUCCESS and HEALTHY.
 */
sealed interface Readiness {
    /** It holds. */
    record Holds() implements Readiness {}

    /**
     * It does not hold yet.
     *
     * @param what for people: "waits for db to become HEALTHY"
     * @param until when it is given up; empty = never
     */
    record NotYet(String what, Optional<Instant> until) implements Readiness {}

    /** It will never hold. */
    record Never(String why) implements Readiness {}

    static Readiness of(Need need, LocalTask task, AssignedTask assignment, Instant now) {
        LocalContainer on = task.container(need.on()).orElse(null);
        if (on == null) {
            return new Never(need.on() + " is not a container of the task");
        }
        if (holds(need, on)) {
            return new Holds();
        }
        if (on.over()) {
            return new Never(on.name() + " " + end(on));
        }
        Optional<Instant> until = deadline(need, on, assignment);
        if (until.isPresent() && !now.isBefore(until.get())) {
            long seconds = timeout(on, assignment).toSeconds();
            return new Never(on.name() + " had " + seconds + " s (its startTimeout) " + wish(need));
        }
        return new NotYet("waits for " + on.name() + " " + wish(need), until);
    }

    private static boolean holds(Need need, LocalContainer on) {
        return switch (need.condition()) {
            case CREATED -> on.onEngine() && on.phase().compareTo(Phase.CREATED) >= 0;
            case RUNNING -> on.live();
            case START -> on.ran();
            case COMPLETE -> on.over() && on.ran();
            case SUCCESS -> on.over() && on.exitCode().orElse(-1) == 0;
            case HEALTHY -> on.live() && on.health() == Health.HEALTHY;
        };
    }

    private static String wish(Need need) {
        return switch (need.condition()) {
            case CREATED -> "to be created";
            case RUNNING, START -> "to start";
            case COMPLETE -> "to complete";
            case SUCCESS -> "to succeed";
            case HEALTHY -> "to become HEALTHY";
        };
    }

    private static String end(LocalContainer over) {
        if (over.exitCode().isPresent()) {
            return "exited with " + over.exitCode().getAsInt();
        }
        return over.ran() ? "has ended" : "never ran";
    }

    private static Optional<Instant> deadline(Need need, LocalContainer on, AssignedTask assignment) {
        Duration timeout = timeout(on, assignment);
        boolean timed = switch (need.condition()) {
            case CREATED, RUNNING, START -> false;
            case COMPLETE, SUCCESS, HEALTHY -> true;
        };
        return timed && on.ran() && timeout.isPositive()
                ? Optional.of(Instant.ofEpochMilli(on.startedAt()).plus(timeout))
                : Optional.empty();
    }

    /** Zero = without limit. */
    private static Duration timeout(LocalContainer on, AssignedTask assignment) {
        return Duration.ofSeconds(
                assignment.container(on.name()).map(c -> c.getStartTimeout()).orElse(0));
    }
}
