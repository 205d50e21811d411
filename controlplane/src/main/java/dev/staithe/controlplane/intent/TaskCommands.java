package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.runtime.Ids;
import java.util.List;

/**
 * What only the leader can do at once, for somebody who waits for the answer. The control loop implements it.
 *
 * <p>Every method blocks and is called off the loop; each throws {@link IntentException} with NOT_LEADER or NO_LEADER
 * where this process does not lead, and with STORE_UNAVAILABLE or STORE_FULL when nothing could be written.
 */
public interface TaskCommands {
    /** The state that the leader plans on. */
    ClusterState leaderState() throws IntentException;

    /** Places tasks now, and writes those that found a place. */
    RunTaskResult run(RunTaskCommand command) throws IntentException;

    /** Wants one task stopped. A task that is stopping or has stopped is answered as it is. */
    StopTaskResult stop(StopTaskCommand command) throws IntentException;

    /**
     * A validated request for standalone tasks.
     *
     * @param seed what the ids of its tasks derive from: the same for the same client token. A task that exists already
     *     is answered as it is and not started again
     * @param count 1-10
     * @param startedBy may be empty
     */
    record RunTaskCommand(
            String cluster,
            String seed,
            TaskDefinitionRef taskDefinition,
            int count,
            String group,
            String startedBy,
            TaskOverride overrides) {
        /** The id of the task with that number, from 0. */
        public String taskId(int number) {
            return Ids.derived(seed, Integer.toString(number));
        }
    }

    /**
     * What was started, and why the rest was not.
     *
     * @param failures one for each container instance that refused, for each task that found no place
     */
    record RunTaskResult(List<Task> tasks, List<Failure> failures, long revision) {
        public RunTaskResult {
            tasks = List.copyOf(tasks);
            failures = List.copyOf(failures);
        }
    }

    /** A validated request to stop the task with that full id. */
    record StopTaskCommand(String cluster, String taskId, String reason) {}

    /** The task, wanted stopped. */
    record StopTaskResult(Task task, long revision) {}
}
