package dev.staithe.agent.metadata;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.LocalTask;
import java.util.List;
import java.util.Optional;

/** What the agent holds. Confined to its loop. */
public interface HeldTasks {
    /** In the order of their ids. */
    List<LocalTask> tasks();

    Optional<LocalTask> task(String taskId);

    /** The newest look at a container, by the engine's id. */
    Optional<ContainerView> sighting(String runtimeId);
}
