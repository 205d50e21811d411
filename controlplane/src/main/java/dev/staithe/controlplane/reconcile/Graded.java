package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.util.OptionalLong;

/**
 * A live task with its grade at a moment.
 *
 * @param healthyAtNanos when it becomes healthy if nothing happens until then; empty where only its host can say so
 */
record Graded(Task task, Grade grade, OptionalLong healthyAtNanos) {
    static Graded of(Task task, Facts facts) {
        if (task.status() != TaskStatus.RUNNING) {
            return new Graded(task, Grade.PENDING, OptionalLong.empty());
        }
        return switch (task.health()) {
            case UNHEALTHY -> new Graded(task, Grade.UNHEALTHY, OptionalLong.empty());
            case HEALTHY -> new Graded(task, Grade.HEALTHY, OptionalLong.empty());
            case UNKNOWN -> task.checked() ? new Graded(task, Grade.WARMING, OptionalLong.empty()) : byAge(task, facts);
        };
    }

    private static Graded byAge(Task task, Facts facts) {
        long now = facts.moment().nanos();
        Long since = facts.moment().runningSince().get(task.id());
        long healthyAt =
                (since == null ? now : since) + facts.settings().healthyAfter().toNanos();
        return healthyAt - now <= 0
                ? new Graded(task, Grade.HEALTHY, OptionalLong.empty())
                : new Graded(task, Grade.WARMING, OptionalLong.of(healthyAt));
    }

    boolean pending() {
        return grade == Grade.PENDING;
    }

    boolean unhealthy() {
        return grade == Grade.UNHEALTHY;
    }

    boolean warming() {
        return grade == Grade.WARMING;
    }

    boolean healthy() {
        return grade == Grade.HEALTHY;
    }
}
