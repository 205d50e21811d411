package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.NetworkBinding;
import java.util.List;
import java.util.OptionalInt;

/**
 * A container of a task, as its host last said.
 *
 * @param status PENDING | RUNNING | STOPPED
 * @param exitCode present when it ran and stopped
 * @param checked an essential container with a health check: its health is the task's
 * @param imageDigest sha256:..., of its image in a registry; empty when the image came from none, or is not known yet
 * @param restarts how often its restartPolicy has started it again
 */
public record TaskContainer(
        String name,
        String runtimeId,
        String status,
        OptionalInt exitCode,
        String reason,
        List<NetworkBinding> networkBindings,
        Health health,
        String healthOutput,
        boolean checked,
        String imageDigest,
        int restarts) {
    public TaskContainer {
        networkBindings = List.copyOf(networkBindings);
    }
}
