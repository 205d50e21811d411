package dev.staithe.cli.rollout;

import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Task;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What made a task fail, read from what its host reported. */
public sealed interface Cause {
    /** The image could not be had. */
    record ImageNotPulled(String image) implements Cause {}

    /** The container's command is not in the image, or is no program. */
    record CommandNotRunnable(Container container) implements Cause {}

    /** A fixed host port is in use on the host, by something that is no task. */
    record PortTaken(Container container) implements Cause {}

    /** A volume or a mount point could not be set up. */
    record MountFailed(Container container) implements Cause {}

    /** The engine refused the container for another reason. */
    record NotStarted(Container container) implements Cause {}

    /** The container wanted more memory than it may have. */
    record OutOfMemory(Container container) implements Cause {}

    /** The container's process was ended by a signal. */
    record Signalled(Container container, int signal) implements Cause {}

    /** The container's process ended by itself. */
    record Exited(Container container, int code) implements Cause {}

    /** The container ran, and its health check said that it does not work. */
    record Unhealthy(Container container) implements Cause {}

    /** Nothing is wrong yet: it is not there yet. */
    record NotYetRunning(Task task) implements Cause {}

    /** Nothing that this table knows. */
    record Other(String reason) implements Cause {}

    /** What made this task fail. */
    static Cause of(Task task) {
        Optional<Container> failed = culprit(task);
        if (task.getStoppedReason().contains("health check")
                || (failed.isEmpty() && task.getHealthStatus().equals("UNHEALTHY"))) {
            return unhealthy(task).<Cause>map(Unhealthy::new).orElseGet(() -> new Other(task.getStoppedReason()));
        }
        if (failed.isPresent()) {
            return of(failed.get(), task.getStoppedReason());
        }
        return task.getLastStatus().equals("STOPPED") ? new Other(task.getStoppedReason()) : new NotYetRunning(task);
    }

    private static Cause of(Container container, String stoppedReason) {
        String reason = (container.getReason().isEmpty() && !container.hasExitCode()
                        ? stoppedReason
                        : container.getReason())
                .toLowerCase(Locale.ROOT);
        if (reason.contains("outofmemory") || reason.contains("out of memory")) {
            return new OutOfMemory(container);
        }
        if (containsAny(reason, "cannotpull", "pull access denied", "manifest unknown", "no such image")) {
            return new ImageNotPulled(container.getImage());
        }
        if (containsAny(reason, "port is already allocated", "address already in use", "ports are not available")) {
            return new PortTaken(container);
        }
        if (containsAny(
                reason, "executable file not found", "exec format error", "permission denied: unknown", "exec: \"")) {
            return new CommandNotRunnable(container);
        }
        if (containsAny(reason, "volume", "mount", "bind source path", "not a directory")) {
            return new MountFailed(container);
        }
        if (container.hasExitCode()) {
            return of(container, container.getExitCode());
        }
        return new NotStarted(container);
    }

    private static Cause of(Container container, int exitCode) {
        return switch (exitCode) {
            case 126, 127 -> new CommandNotRunnable(container);
            default ->
                exitCode > 128 && exitCode <= 128 + 64
                        ? new Signalled(container, exitCode - 128)
                        : new Exited(container, exitCode);
        };
    }

    /** The container that brought the task down: those that were stopped because of it have no reason of their own. */
    private static Optional<Container> culprit(Task task) {
        List<Container> containers = task.getContainersList();
        return containers.stream()
                .filter(container -> !container.getReason().isEmpty())
                .findFirst()
                .or(() -> containers.stream()
                        .filter(container -> container.hasExitCode() && !isOurStop(container.getExitCode()))
                        .findFirst())
                .or(() -> containers.stream().filter(Container::hasExitCode).findFirst())
                .or(() -> task.getStopCode().equals("TaskFailedToStart")
                        ? containers.stream().findFirst()
                        : Optional.empty());
    }

    /** How a container ends that is stopped along with the one that failed: SIGTERM, then SIGKILL. */
    private static boolean isOurStop(int exitCode) {
        return exitCode == 143 || exitCode == 137;
    }

    private static Optional<Container> unhealthy(Task task) {
        return task.getContainersList().stream()
                .filter(container -> container.getHealthStatus().equals("UNHEALTHY")
                        || !container.getHealthOutput().isEmpty())
                .findFirst()
                .or(() -> task.getContainersList().stream().findFirst());
    }

    private static boolean containsAny(String text, String... parts) {
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
