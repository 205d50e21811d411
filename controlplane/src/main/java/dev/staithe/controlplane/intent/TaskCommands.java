package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskOverride;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What only the leader can do at once, for somebody who waits for the answer. The control loop implements it.
 *
 * <p>Every method blocks and is called off the loop; each throws {@link IntentException} with NOT_LEADER or NO_LEADER
 * where this process does not lead, and with STORE_UNAVAILABLE or STORE_FULL when nothing could be written.
 */
public interface TaskCommands {
    /** The state that the leader plans on. */
    ClusterState leaderState() throws IntentException;

    /** Places tasks now, and writes those that found a place. For each of the others, one failure for each instance. */
    Written<Outcome> run(RunTasks command) throws IntentException;

    /** Starts one task on each of the instances that can take it. */
    Written<Outcome> start(StartTasks command) throws IntentException;

    /** Wants one task stopped. A task that is stopping or has stopped is answered as it is. */
    Written<Task> stop(StopTask command) throws IntentException;

    /** Protects tasks of services from the scheduler, or ends that. */
    Written<Outcome> protect(ProtectTasks command) throws IntentException;

    /** Changes the tags of one task. */
    Written<Task> tag(TagTask command) throws IntentException;

    /** The tasks that it was done for, and why it was not done for the rest. */
    record Outcome(List<Task> tasks, List<Failure> failures) {
        public Outcome {
            tasks = List.copyOf(tasks);
            failures = List.copyOf(failures);
        }
    }

    /**
     * What all standalone tasks of one command have in common, validated.
     *
     * @param startedBy may be empty
     * @param tags with those of the task definition, where they were asked for
     * @param executeCommand whether commands may be run in their containers
     */
    record Template(
            String cluster,
            TaskDefinitionRef taskDefinition,
            String group,
            String startedBy,
            TaskOverride overrides,
            List<Tag> tags,
            String referenceId,
            boolean executeCommand) {
        public Template {
            tags = List.copyOf(tags);
        }
    }

    /**
     * A validated request for standalone tasks wherever there is a place.
     *
     * @param seed what the ids of its tasks derive from: the same for the same client token. A task that exists already
     *     is answered as it is and not started again
     * @param requestDigest with which the client token is remembered; empty when there is no token
     * @param count 1-10
     */
    record RunTasks(
            Template template,
            String seed,
            OptionalLong requestDigest,
            int count,
            List<PlacementConstraint> constraints,
            List<PlacementStrategy> strategies) {
        public RunTasks {
            constraints = List.copyOf(constraints);
            strategies = List.copyOf(strategies);
        }
    }

    /**
     * A validated request for one standalone task on each instance.
     *
     * @param seed what the ids of its tasks derive from
     * @param instanceIds 1-10, each once
     */
    record StartTasks(Template template, String seed, List<String> instanceIds) {
        public StartTasks {
            instanceIds = List.copyOf(instanceIds);
        }
    }

    /** A validated request to stop the task with that full id. */
    record StopTask(String taskId, String reason) {}

    /**
     * A validated request to protect tasks.
     *
     * @param taskIds full ids
     * @param duration from now; zero = no longer
     */
    record ProtectTasks(List<String> taskIds, Duration duration) {
        public ProtectTasks {
            taskIds = List.copyOf(taskIds);
        }
    }

    /** A validated request to change the tags of the task with that full id. */
    record TagTask(String taskId, TagChange change) {}

    /** Why the task cannot be protected, as in ECS; empty when it can. */
    static Optional<Failure> unprotectable(Task task) {
        String why = task.standalone() ? "is of no service" : task.wantedNoMore() ? "is stopping or has stopped" : "";
        return why.isEmpty()
                ? Optional.empty()
                : Optional.of(Failure.newBuilder()
                        .setResource(task.id())
                        .setReason("TASK_NOT_VALID")
                        .setDetail("the task " + why)
                        .build());
    }
}
