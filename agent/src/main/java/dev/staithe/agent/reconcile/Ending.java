package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import java.util.List;
import java.util.Optional;

/**
 * Finds the cause for which a task ends. The order of the causes is that of what a user wants to know: that the host was booted
 * anew goes before an order, and an order before what became of a container. Pure.
 */
final class Ending {
    static final String ESSENTIAL_EXITED = "EssentialContainerExited";
    static final String FAILED_TO_START = "TaskFailedToStart";
    static final String TERMINATION = "TerminationNotice";

    private final String bootId;
    private final AssignmentCheck check;

    /**
     * Why a task ends.
     *
     * @param code in ECS's words; empty when the control plane asked for the end: it knows the code
     */
    record Cause(String code, String reason) {
        /** Whether the control plane asked for the end. */
        boolean ordered() {
            return code.isEmpty();
        }
    }

    /**
     * An eye for causes.
     *
     * @param bootId of the host as it runs now
     * @param check what an assignment has to pass before anything is done for it
     */
    Ending(String bootId, AssignmentCheck check) {
        this.bootId = bootId;
        this.check = check;
    }

    /** The cause; empty while there is none. */
    Optional<Cause> cause(LocalTask task, Admission.Answer admission) {
        AssignedTask assignment = task.assignment();
        if (!task.bootId().equals(bootId)) {
            return Optional.of(new Cause(TERMINATION, "The host was rebooted while it held the task"));
        }
        if (assignment != null && assignment.desired() == Desired.STOPPED) {
            return Optional.of(new Cause("", assignment.stopReason()));
        }
        if (task.claim() == Claim.GONE) {
            return Optional.of(new Cause("", "The task is no longer assigned to this host"));
        }
        if (assignment == null) {
            return !task.containers().isEmpty() && task.containers().stream().allMatch(LocalContainer::over)
                    ? Optional.of(new Cause(ESSENTIAL_EXITED, "Essential container in task exited"))
                    : Optional.empty();
        }
        boolean untouched = task.containers().stream().allMatch(c -> c.phase() == Phase.WAITING);
        Optional<String> invalid = untouched ? check.problem(assignment) : Optional.empty();
        if (invalid.isPresent()) {
            return Optional.of(new Cause(FAILED_TO_START, invalid.get()));
        }
        if (admission instanceof Admission.Answer.Never never) {
            return Optional.of(new Cause(FAILED_TO_START, never.why()));
        }
        List<LocalContainer> over = task.containers().stream()
                .filter(c -> c.over() && assignment.essential(c.name()))
                .toList();
        // One that waited in vain did so for another's sake: that one is the cause, if it is essential too.
        return over.stream()
                .filter(c -> !c.reason().startsWith(StartOrder.IN_VAIN))
                .findFirst()
                .or(() -> over.stream().findFirst())
                .map(Ending::ofContainer);
    }

    private static Cause ofContainer(LocalContainer essential) {
        return essential.ran()
                ? new Cause(ESSENTIAL_EXITED, "Essential container in task exited")
                : new Cause(
                        FAILED_TO_START, essential.reason().isEmpty() ? "Task failed to start" : essential.reason());
    }
}
