package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the cgroups of tasks go with them. They are made by the runtime with a task's first container; what could not
 * be removed is found by the next agent. Soft; confined to the loop.
 */
final class TaskGroups {
    private static final Logger LOG = LoggerFactory.getLogger(TaskGroups.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final int MOST_TRIES = 8;

    private final EventLoop loop;
    private final Effects effects;
    private final ContainerRuntime runtime;

    TaskGroups(EventLoop loop, Effects effects, ContainerRuntime runtime) {
        this.loop = loop;
        this.effects = effects;
        this.runtime = runtime;
    }

    /**
     * Removes those of an earlier agent's tasks.
     *
     * @param unfinished asked once those that are there have been listed: a task that came meanwhile has made its own
     */
    void begin(Supplier<SortedSet<String>> unfinished) {
        effects.run(loop, runtime::taskGroups, outcome -> {
            switch (outcome) {
                case Outcome.Done<SortedSet<String>> listed -> {
                    TreeSet<String> stale = new TreeSet<>(listed.value());
                    stale.removeAll(unfinished.get());
                    stale.forEach(id -> remove(id, 1));
                }
                case Outcome.Failed<SortedSet<String>> failed ->
                    LOG.atWarn()
                            .addKeyValue("cause", failed.cause().toString())
                            .log("cgroups of tasks cannot be listed; those of tasks that are over stay for now");
            }
        });
    }

    /** The task is over. */
    void stopped(LocalTask task) {
        AssignedTask assignment = task.assignment();
        if (assignment != null && limited(assignment)) {
            remove(task.taskId(), 1);
        }
    }

    private static boolean limited(AssignedTask task) {
        return !(task.definition().getCpu()
                        + task.definition().getMemory()
                        + task.overrides().getCpu()
                        + task.overrides().getMemory())
                .isEmpty();
    }

    /** An engine may still be about to remove the group of a container that has ended. */
    private void remove(String taskId, int tries) {
        effects.run(
                loop,
                () -> {
                    runtime.removeTaskGroup(taskId);
                    return true;
                },
                outcome -> {
                    if (outcome instanceof Outcome.Failed<Boolean> failed) {
                        if (tries < MOST_TRIES) {
                            loop.after(FIRST_RETRY.multipliedBy(1L << tries), () -> remove(taskId, tries + 1));
                        } else {
                            LOG.atWarn()
                                    .addKeyValue("task", taskId)
                                    .addKeyValue("cause", failed.cause().toString())
                                    .log("cgroup of a task that is over cannot be removed; the next agent tries again");
                        }
                    }
                });
    }
}
