package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.util.OptionalLong;

/**
 * A live task with its grade at a moment.
 *
 * @param displacement a protected task is not displaced: it stays on a draining host until its protection ends, as in ECS
 * @param shielded its protection lasts, and it is not unhealthy: neither scale-in nor a deployment stops it
 * @param changesAtNanos when any of this becomes another by time alone
 */
record Graded(Task task, Grade grade, Displacement displacement, boolean shielded, OptionalLong changesAtNanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    static Graded of(Task task, Service service, Facts facts) {
        Moment moment = facts.moment();
        long protectedFor = task.marks().protectedUntilMillis() - moment.millis();
        Timed timed = grade(task, service, facts);
        boolean shielded = protectedFor > 0 && timed.grade() != Grade.UNHEALTHY;
        OptionalLong ends = protectedFor > 0
                ? OptionalLong.of(moment.nanos() + protectedFor * NANOS_PER_MILLI)
                : OptionalLong.empty();
        return new Graded(
                task,
                timed.grade(),
                shielded ? Displacement.NONE : displacement(task, facts),
                shielded,
                Plan.earlier(timed.until(), ends));
    }

    /** A grade, and how long it lasts if nothing happens; for ever when empty. */
    private record Timed(Grade grade, OptionalLong until) {
        static Timed always(Grade grade) {
            return new Timed(grade, OptionalLong.empty());
        }
    }

    private static Timed grade(Task task, Service service, Facts facts) {
        if (task.status() != TaskStatus.RUNNING) {
            return Timed.always(Grade.PENDING);
        }
        long now = facts.moment().nanos();
        long runningSince = facts.moment().runningSince().getOrDefault(task.id(), now);
        return switch (task.health()) {
            case HEALTHY -> Timed.always(Grade.HEALTHY);
            case UNHEALTHY ->
                after(runningSince + service.scheduling().gracePeriod().toNanos(), now, Grade.UNHEALTHY);
            case UNKNOWN ->
                task.checked()
                        ? Timed.always(Grade.WARMING)
                        : after(runningSince + facts.settings().healthyAfter().toNanos(), now, Grade.HEALTHY);
        };
    }

    private static Timed after(long at, long now, Grade grade) {
        return at - now <= 0 ? Timed.always(grade) : new Timed(Grade.WARMING, OptionalLong.of(at));
    }

    private static Displacement displacement(Task task, Facts facts) {
        boolean drained = facts.state()
                .instance(task.instanceId())
                .filter(host -> host.status() != ContainerInstance.Status.ACTIVE)
                .isPresent();
        if (drained) {
            return Displacement.DRAINED;
        }
        return task.marks().moving() ? Displacement.MOVED : Displacement.NONE;
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

    boolean displaced() {
        return displacement != Displacement.NONE;
    }
}
