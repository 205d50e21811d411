package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.host.RealPaths;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Duration;
import java.util.Optional;

/** Steps as calls to the engine, each ending with a look. They block, and run as effects. */
final class EngineSteps {
    private final ContainerRuntime runtime;
    private final RealPaths paths;

    EngineSteps(ContainerRuntime runtime, RealPaths paths) {
        this.runtime = runtime;
        this.paths = paths;
    }

    /** Creates the container, if what the task mounts leads to nothing that this host keeps. */
    String create(ContainerRequest request) throws ContainerFault {
        paths.check(request.taskDefinition());
        return runtime.create(request);
    }

    /**
     * Starts the container.
     *
     * @param task says what is mounted
     * @param retried an earlier try ended with an error and may have started it all the same: one looks first, because a
     *     container that has run already must not run again
     * @param former when the run before began, in milliseconds since the epoch: that one is over and wanted again; 0 = none
     */
    Optional<ContainerView> start(TaskDefinition task, String id, boolean retried, long former) throws ContainerFault {
        paths.check(task);
        if (retried) {
            Optional<ContainerView> before = runtime.inspect(id);
            if (before.isEmpty() || begun(before.get(), former)) {
                return before;
            }
        }
        try {
            runtime.start(id);
        } catch (ContainerFault fault) {
            Optional<ContainerView> after = runtime.inspect(id);
            if (after.isEmpty() || begun(after.get(), former)) {
                return after;
            }
            throw fault;
        }
        return runtime.inspect(id);
    }

    Optional<ContainerView> stop(String id, Duration grace) throws ContainerFault {
        runtime.stop(id, grace);
        return runtime.inspect(id);
    }

    Optional<ContainerView> remove(String id) throws ContainerFault {
        runtime.remove(id);
        return Optional.empty();
    }

    boolean removeVolumes(String taskId) throws ContainerFault {
        for (ContainerRuntime.TaskVolume volume : runtime.listVolumes()) {
            if (volume.taskId().equals(taskId)) {
                runtime.removeVolume(volume.name());
            }
        }
        return true;
    }

    private static boolean begun(ContainerView view, long former) {
        boolean ran = view.state() == State.RUNNING || view.startedAtMillis() > 0;
        return ran && (former == 0 || view.startedAtMillis() != former);
    }
}
