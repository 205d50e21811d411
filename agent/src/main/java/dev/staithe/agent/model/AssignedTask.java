package dev.staithe.agent.model;

import dev.staithe.proto.agent.v1.GpuIds;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the control plane wants of one task. The specification is as the user wrote it.
 *
 * @param stopReason why it is to stop; empty while it is to run
 * @param imageDigests container name to the digest that its image must have; absent = what its tag says
 * @param gpus container name to the ids of the GPUs that are its own
 * @param executeCommand whether commands may be run in its containers
 * @param connectionDraining how long connections to it may go on once it is to stop; zero = they are not waited for
 */
public record AssignedTask(
        String taskId,
        String cluster,
        String group,
        int revision,
        TaskDefinition definition,
        TaskOverride overrides,
        Desired desired,
        String stopReason,
        SortedMap<String, String> imageDigests,
        SortedMap<String, List<String>> gpus,
        boolean executeCommand,
        Duration connectionDraining) {
    /** As the control plane lets users ask for. */
    private static final int LONGEST_DRAINING = 3600;

    public AssignedTask {
        imageDigests = Collections.unmodifiableSortedMap(new TreeMap<>(imageDigests));
        gpus = Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
    }

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
                message.getStopReason(),
                new TreeMap<>(message.getImageDigestsMap()),
                gpus(message),
                message.getExecuteCommand(),
                Duration.ofSeconds(Math.clamp(message.getConnectionDrainingS(), 0, LONGEST_DRAINING)));
    }

    private static SortedMap<String, List<String>> gpus(dev.staithe.proto.agent.v1.AssignedTask message) {
        SortedMap<String, List<String>> gpus = new TreeMap<>();
        message.getGpusMap().forEach((container, own) -> gpus.put(container, List.copyOf(own.getIdsList())));
        return gpus;
    }

    /** The definition of that container, as the user wrote it. */
    public Optional<ContainerDefinition> container(String name) {
        return definition.getContainerDefinitionsList().stream()
                .filter(c -> c.getName().equals(name))
                .findFirst();
    }

    /** Whether the task ends when that container does. A container that the definition does not have is not essential. */
    public boolean essential(String name) {
        return container(name).map(c -> !c.hasEssential() || c.getEssential()).orElse(false);
    }

    /** The image to run: by its digest where that is settled, so that a tag that moved changes nothing. */
    public String image(ContainerDefinition container) {
        String digest = imageDigests.get(container.getName());
        if (digest == null) {
            return container.getImage();
        }
        String image = container.getImage();
        int tag = image.lastIndexOf(':');
        // A colon before the last slash is that of a registry's port.
        return (tag > image.lastIndexOf('/') ? image.substring(0, tag) : image) + "@" + digest;
    }

    /** The message that {@link #of} reads. */
    public dev.staithe.proto.agent.v1.AssignedTask message() {
        var message = dev.staithe.proto.agent.v1.AssignedTask.newBuilder()
                .setTaskId(taskId)
                .setCluster(cluster)
                .setGroup(group)
                .setRevision(revision)
                .setTaskDefinition(definition)
                .setOverrides(overrides)
                .setDesiredStatus(desired.name())
                .setStopReason(stopReason)
                .putAllImageDigests(imageDigests)
                .setExecuteCommand(executeCommand)
                .setConnectionDrainingS((int) connectionDraining.toSeconds());
        gpus.forEach((container, own) ->
                message.putGpus(container, GpuIds.newBuilder().addAllIds(own).build()));
        return message.build();
    }

    /** This assignment as it is after a later message about the same task: a wish to stop is never taken back. */
    public AssignedTask followedBy(AssignedTask later) {
        return desired == Desired.STOPPED && later.desired == Desired.RUNNING ? this : later;
    }
}
