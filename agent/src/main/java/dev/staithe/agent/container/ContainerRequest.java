package dev.staithe.agent.container;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A container to create: the definition as the user wrote it (overrides applied), and which task it is for.
 *
 * @param name unique on the host, derived from the task: made again after a crash it is the same
 * @param labels of ours: {@code dev.staithe.instance}, {@code .cluster}, {@code .task}, {@code .container},
 *     {@code .family}, {@code .revision}, and ECS's {@code com.amazonaws.ecs.*}; they go over the user's dockerLabels
 * @param gpus ids of the host's GPUs that the container gets
 * @param peers the containers of the task, this one too: name in the definition to unique name on the host
 * @param confidential what it gets beside the definition and nobody is to see; not kept with the request
 */
public record ContainerRequest(
        String name,
        String taskId,
        TaskDefinition taskDefinition,
        ContainerDefinition container,
        Map<String, String> labels,
        List<String> gpus,
        Map<String, String> peers,
        Confidential confidential) {
    public ContainerRequest {
        labels = Map.copyOf(labels);
        gpus = List.copyOf(gpus);
        peers = Map.copyOf(peers);
    }

    /** A request with nothing to hide. */
    public ContainerRequest(
            String name,
            String taskId,
            TaskDefinition taskDefinition,
            ContainerDefinition container,
            Map<String, String> labels,
            List<String> gpus,
            Map<String, String> peers) {
        this(name, taskId, taskDefinition, container, labels, gpus, peers, Confidential.NONE);
    }

    /** The same request, with this to hide. */
    public ContainerRequest with(Confidential hidden) {
        return new ContainerRequest(name, taskId, taskDefinition, container, labels, gpus, peers, hidden);
    }

    /** The sandbox whose network it joins; empty when it has one of its own. */
    public Optional<String> sandbox() {
        return Optional.ofNullable(labels.get(ContainerLabels.NETWORK));
    }

    /** The same container in the network of that sandbox, which has what the definition says of the network. */
    public ContainerRequest joining(String sandboxId) {
        TreeMap<String, String> claimed = new TreeMap<>(labels);
        claimed.put(ContainerLabels.NETWORK, sandboxId);
        return new ContainerRequest(
                name, taskId, taskDefinition, NetworkSettings.without(container), claimed, gpus, peers, confidential);
    }
}
