package dev.staithe.agent.model;

import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;

/**
 * What the control plane wants of one task. The specification is as the user wrote it.
 *
 * @param stopReason why it is to stop; empty while it is to run
 */
public record AssignedTask(
        String taskId,
        String cluster,
        String group,
        int revision,
        TaskDefinition definition,
        TaskOverride overrides,
        Desired desired,
        String stopReason) {
    /** What the control plane wants. A task that is to stop is never wanted running again. */
    public enum Desired {
        RUNNING,
        STOPPED
    }

    /** Reads the message. Unknown words for the desired status count as RUNNING: nothing stops by misunderstanding. */
    public static AssignedTask of(dev.staithe.proto.agent.v1.AssignedTask message) {
        return new AssignedTask(
                message.getTaskId(),
                message.getCluster(),
                message.getGroup(),
                message.getRevision(),
                message.getTaskDefinition(),
                message.getOverrides(),
                message.getDesiredStatus().equals("STOPPED") ? Desired.STOPPED : Desired.RUNNING,
                message.getStopReason());
    }

    /** The message that {@link #of} reads. */
    public dev.staithe.proto.agent.v1.AssignedTask message() {
        return dev.staithe.proto.agent.v1.AssignedTask.newBuilder()
                .setTaskId(taskId)
                .setCluster(cluster)
                .setGroup(group)
                .setRevision(revision)
                .setTaskDefinition(definition)
                .setOverrides(overrides)
                .setDesiredStatus(desired.name())
                .setStopReason(stopReason)
                .build();
    }

    /** This assignment as it is after a later message about the same task: a wish to stop is never taken back. */
    public AssignedTask followedBy(AssignedTask later) {
        return desired == Desired.STOPPED && later.desired == Desired.RUNNING ? this : later;
    }
}
