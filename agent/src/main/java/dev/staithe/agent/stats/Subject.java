package dev.staithe.agent.stats;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A container to look at.
 *
 * @param container its name in the task definition
 * @param view the newest look of the container watch
 */
public record Subject(String taskId, String container, ContainerView view) {
    /**
     * The containers that run, as far as the engine was last seen.
     *
     * @param sightings the newest look at a container, by the engine's id
     */
    public static List<Subject> running(List<LocalTask> tasks, Function<String, Optional<ContainerView>> sightings) {
        List<Subject> running = new ArrayList<>();
        for (LocalTask task : tasks) {
            for (LocalContainer container : task.containers()) {
                if (container.live() && container.onEngine()) {
                    sightings
                            .apply(container.runtimeId())
                            .ifPresent(view -> running.add(new Subject(task.taskId(), container.name(), view)));
                }
            }
        }
        return running;
    }
}
