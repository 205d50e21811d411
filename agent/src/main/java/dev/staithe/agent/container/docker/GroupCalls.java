package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.Info;
import dev.staithe.agent.cgroup.TaskCgroups;
import dev.staithe.agent.cgroup.TaskCgroups.Found;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.Sizes;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of tasks, where this host's engine lets containers be put into them. What each container may take is set on the
 * container all the same: a host without them, or an engine that sees another tree, is as it would be without this class.
 *
 * <p>What was found is soft, and looked for once. Called from any thread of the runtime's.
 */
final class GroupCalls {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCalls.class);

    private final URI engine;
    private final String instance;
    private final AtomicReference<@Nullable Found> found = new AtomicReference<>();

    GroupCalls(URI engine, String instance) {
        this.engine = engine;
        this.instance = instance;
    }

    /** Whether tasks have cgroups here. */
    boolean lookedFor(Info info) {
        if (found.get() == null) {
            Found now = engine.getScheme().equals("unix")
                    ? TaskCgroups.find(
                            TaskCgroups.ROOT,
                            Objects.requireNonNullElse(info.getCGroupDriver(), ""),
                            Objects.requireNonNullElse(info.getCGroupVersion(), "1"),
                            instance)
                    : new Found.Unusable("the engine is not on this host");
            if (found.compareAndSet(null, now) && now instanceof Found.Unusable unusable) {
                LOG.atInfo()
                        .addKeyValue("why", unusable.why())
                        .log("limits of tasks are put on each of their containers, not on the task as a whole");
            }
        }
        return usable().isPresent();
    }

    /** The cgroup for the container's task, made now if need be; empty where there is none, or the task has no limits. */
    Optional<String> parent(ContainerRequest request) throws ContainerFault {
        TaskDefinition task = request.taskDefinition();
        Optional<TaskCgroups> cgroups = usable();
        if (cgroups.isEmpty() || (task.getCpu().isEmpty() && task.getMemory().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional.of(cgroups.get()
                    .provide(
                            request.taskId(),
                            task.getCpu().isEmpty() ? 0 : Sizes.cpu(task.getCpu()),
                            task.getMemory().isEmpty() ? 0 : Sizes.memory(task.getMemory())));
        } catch (IOException e) {
            throw new ContainerFault(Kind.CannotCreateContainerError, "the task's cgroup: " + e, true, e);
        }
    }

    SortedSet<String> tasks() throws ContainerFault {
        Optional<TaskCgroups> cgroups = usable();
        try {
            return cgroups.isPresent() ? cgroups.get().tasks() : new TreeSet<>();
        } catch (IOException e) {
            throw new ContainerFault(Kind.CannotInspectContainerError, "cgroups of tasks: " + e, true, e);
        }
    }

    void remove(String taskId) throws ContainerFault {
        Optional<TaskCgroups> cgroups = usable();
        try {
            if (cgroups.isPresent()) {
                cgroups.get().remove(taskId);
            }
        } catch (IOException e) {
            throw new ContainerFault(Kind.CannotRemoveContainerError, "the task's cgroup: " + e, true, e);
        }
    }

    void close() {
        usable().ifPresent(TaskCgroups::leave);
    }

    private Optional<TaskCgroups> usable() {
        return found.get() instanceof Found.Usable usable ? Optional.of(usable.cgroups()) : Optional.empty();
    }
}
