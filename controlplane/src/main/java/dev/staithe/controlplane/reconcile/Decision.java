package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import java.util.List;

/** One thing that a planner wants done. Where new tasks go is decided after all planners of a pass have spoken. */
public sealed interface Decision {
    /** Write this deployment record: a new one, or the next version of one that exists. */
    record Deploy(Deployment deployment) implements Decision {}

    /**
     * Have users want again what this deployment ran: the service's current one has failed. What users want is not the
     * leader's to write, so this is asked for as a user would ask.
     */
    record RollBack(Service service, Deployment target) implements Decision {}

    /** Drop the record of a deployment that has no task left and that nobody goes back to. */
    record Drop(Deployment deployment) implements Decision {}

    /**
     * Place and start this many tasks of the deployment: all that are wanted now, whether or not there is a place for them.
     *
     * @param deployment as it is after the Deploy decisions of the same plan
     * @param replaced tasks that stop when enough of these are healthy: a spread does not count them any more
     */
    record Start(Service service, Deployment deployment, int count, List<Task> replaced) implements Decision {
        public Start {
            replaced = List.copyOf(replaced);
        }

        /** Whether they are started for nothing but a more even spread. */
        public boolean rebalances() {
            return !replaced.isEmpty()
                    && replaced.stream().allMatch(t -> t.marks().moving());
        }
    }

    /**
     * Start one task of the deployment on each of these instances on which it fits.
     *
     * @param deployment as it is after the Deploy decisions of the same plan
     * @param most on no more of them than this
     */
    record StartOn(Service service, Deployment deployment, List<String> instanceIds, int most) implements Decision {
        public StartOn {
            instanceIds = List.copyOf(instanceIds);
        }
    }

    /** Nothing waits for a place any more: the explanation, if one is stored, is out of date. */
    record Placed(Service service) implements Decision {}

    /** Want the task stopped; its host will say when it is. */
    record Stop(Task task, String stopCode, String reason) implements Decision {
        /** Whether it stops for nothing but a more even spread. */
        public boolean rebalances() {
            return reason.equals(StopCodes.REBALANCED);
        }
    }

    /** Mark the task to be replaced elsewhere and then stopped, or take the mark back. */
    record Move(Task task, boolean wanted) implements Decision {}

    /** The task is over although its host did not say so. */
    record Lose(Task task, String stopCode, String reason) implements Decision {}

    /** Remove the record of a task that stopped long ago. */
    record Forget(Task task) implements Decision {}

    /** Give up no tasks of the hosts that fell silent together. */
    record PutBrake(Brake brake) implements Decision {}

    /** No more hosts than usual are silent: the brake is over. */
    record DropBrake(Brake brake) implements Decision {}

    /** Write this instance record. */
    record Update(ContainerInstance instance) implements Decision {}

    /**
     * Tell the user, in ECS's words and without the leading "(service NAME) ".
     *
     * @param cause what it is about: a planner that would repeat itself asks {@link Announcements#due} about the cause
     *     first. A message that arrives here is news and is told
     */
    record Announce(Service service, String message, String cause) implements Decision {}
}
