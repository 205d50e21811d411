package dev.staithe.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What tasks may ask of this host: the key {@code taskPolicy} of the agent's configuration. Who may do all of this has the
 * host.
 *
 * @param privileged whether containers may be privileged; default true, as in ECS
 * @param hostNamespaces whether containers may share the host's process and IPC namespaces; default true
 * @param allowedMounts absolute paths that are kept from tasks and may be mounted all the same: the container engine's
 *     socket, the agent's own directories; default none
 */
public record TaskPolicy(Boolean privileged, Boolean hostNamespaces, List<Path> allowedMounts) {
    /** As ECS calls it. */
    private static final String PRIVILEGED = "com.amazonaws.ecs.capability.privileged-container";

    private static final String HOST_NAMESPACES = "ecs.capability.host-namespaces";

    static final TaskPolicy USUAL = new TaskPolicy(null, null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public TaskPolicy(
            @Nullable Boolean privileged, @Nullable Boolean hostNamespaces, @Nullable List<Path> allowedMounts) {
        this.privileged = Objects.requireNonNullElse(privileged, true);
        this.hostNamespaces = Objects.requireNonNullElse(hostNamespaces, true);
        this.allowedMounts = List.copyOf(Objects.requireNonNullElse(allowedMounts, List.of()));
        this.allowedMounts.forEach(
                path -> AgentConfig.check(path.isAbsolute(), "taskPolicy.allowedMounts", path, "absolute paths"));
    }

    /** The attributes by which the control plane knows what tasks may ask of this host. */
    List<String> abilities() {
        List<String> names = new ArrayList<>();
        if (privileged) {
            names.add(PRIVILEGED);
        }
        if (hostNamespaces) {
            names.add(HOST_NAMESPACES);
        }
        return names;
    }
}
