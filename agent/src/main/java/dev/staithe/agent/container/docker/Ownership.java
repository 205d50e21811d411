package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this agent's hands off what is not its own: whoever changes a container asks here first. A container's labels
 * never change and its id is never used again, so one look is enough.
 */
final class Ownership {
    private final String instance;
    private final Set<String> ours = ConcurrentHashMap.newKeySet();

    Ownership(String instance) {
        this.instance = instance;
    }

    String instance() {
        return instance;
    }

    /** Whether these are labels of this agent's. */
    boolean ours(@Nullable Map<String, String> labels) {
        return labels != null && instance.equals(labels.get(ContainerLabels.INSTANCE));
    }

    /** Notes that the container of this full id was seen to be ours. */
    void seen(String id) {
        ours.add(id);
    }

    void gone(String id) {
        ours.remove(id);
    }

    /** Whether the container exists; a fault when it is somebody else's. */
    boolean confirm(DockerClient client, String id, Kind kind) throws ContainerFault {
        if (ours.contains(id)) {
            return true;
        }
        try {
            InspectContainerResponse found = client.inspectContainerCmd(id).exec();
            if (!ours(found.getConfig().getLabels())) {
                throw new ContainerFault(
                        kind,
                        "container " + id + " is not one of this agent's (expected: label " + ContainerLabels.INSTANCE
                                + "=" + instance + ")",
                        false);
            }
            seen(found.getId());
            return true;
        } catch (NotFoundException gone) {
            return false;
        }
    }
}
