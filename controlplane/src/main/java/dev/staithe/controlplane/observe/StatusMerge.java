package dev.staithe.controlplane.observe;

import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Merges a host's report of a task into the stored task. Pure.
 *
 * <p>A report that is older than the newest merged one, or about a task that is STOPPED, changes nothing; a status never
 * goes back; why a task stops is the control plane's to say where it wanted the stop, the host's otherwise.
 */
public final class StatusMerge {
    /** Longest text that is kept of what a host says: records are small. */
    private static final int LONGEST_TEXT = 1024;

    /** As many as a container definition may ask for, for each protocol. */
    private static final int MOST_BINDINGS = 200;

    /** What one host says here becomes part of the image's name on others: nothing but a digest is taken. */
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private StatusMerge() {}

    /** The next version of the task; empty when the report brings nothing new. */
    public static Optional<Task> merge(Task task, TaskReport report, TaskDefinition definition) {
        if (task.stopped() || report.getObservation() <= task.observation()) {
            return Optional.empty();
        }
        TaskStatus seen = status(report.getStatus());
        TaskStatus next = seen.compareTo(task.status()) > 0 ? seen : task.status();
        boolean hostSays = task.stopCode().isEmpty() && task.stoppedReason().isEmpty();
        List<TaskContainer> containers = definition.getContainerDefinitionsList().stream()
                .flatMap(d -> report.getContainersList().stream()
                        .filter(c -> c.getName().equals(d.getName()))
                        .limit(1))
                .map(c -> container(c, definition, known(task, c.getName())))
                .toList();
        return Optional.of(task.with(
                task.stopWanted(),
                next,
                report.getObservation(),
                hostSays ? clipped(report.getStopCode()) : task.stopCode(),
                hostSays ? clipped(report.getStoppedReason()) : task.stoppedReason(),
                containers,
                times(task.times(), report)));
    }

    private static TaskStatus status(String name) {
        return switch (name) {
            case "RUNNING" -> TaskStatus.RUNNING;
            case "DEACTIVATING" -> TaskStatus.DEACTIVATING;
            case "STOPPING" -> TaskStatus.STOPPING;
            case "STOPPED" -> TaskStatus.STOPPED;
            // A status of a newer agent's that this release does not know says at least that the task exists.
            default -> TaskStatus.PENDING;
        };
    }

    private static Task.Times times(Task.Times known, TaskReport report) {
        return new Task.Times(
                known.createdAt(),
                later(known.pullStartedAt(), report.getPullStartedAtMs()),
                later(known.pullStoppedAt(), report.getPullStoppedAtMs()),
                later(known.startedAt(), report.getStartedAtMs()),
                known.stoppingAt() != 0 ? known.stoppingAt() : report.getStoppingAtMs(),
                later(known.stoppedAt(), report.getStoppedAtMs()));
    }

    private static long later(long known, long reported) {
        return reported == 0 ? known : reported;
    }

    private static TaskContainer container(Container seen, TaskDefinition definition, Health known) {
        boolean checked = definition.getContainerDefinitionsList().stream()
                .filter(d -> d.getName().equals(seen.getName()))
                .anyMatch(StatusMerge::checked);
        return new TaskContainer(
                seen.getName(),
                clipped(seen.getRuntimeId()),
                clipped(seen.getLastStatus()),
                seen.hasExitCode() ? OptionalInt.of(seen.getExitCode()) : OptionalInt.empty(),
                clipped(seen.getReason()),
                seen.getNetworkBindingsList().stream().limit(MOST_BINDINGS).toList(),
                health(seen, known),
                clipped(seen.getHealthOutput()),
                checked,
                DIGEST.matcher(seen.getImageDigest()).matches() ? seen.getImageDigest() : "",
                Math.max(0, seen.getRestartCount()));
    }

    private static String clipped(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 3) + "...";
    }

    private static boolean checked(ContainerDefinition definition) {
        boolean essential = !definition.hasEssential() || definition.getEssential();
        return essential
                && definition.getHealthCheck().getCommandCount() > 0
                && !definition.getHealthCheck().getCommand(0).equals("NONE");
    }

    private static Health known(Task task, String container) {
        return task.containers().stream()
                .filter(c -> c.name().equals(container))
                .findFirst()
                .map(TaskContainer::health)
                .orElse(Health.UNKNOWN);
    }

    /** Engines call every container unhealthy whose checks have ended: of one that stopped, its health until then counts. */
    private static Health health(Container seen, Health known) {
        return seen.getLastStatus().equals("STOPPED") && known != Health.UNKNOWN
                ? known
                : health(seen.getHealthStatus());
    }

    private static Health health(String name) {
        return switch (name) {
            case "HEALTHY" -> Health.HEALTHY;
            case "UNHEALTHY" -> Health.UNHEALTHY;
            default -> Health.UNKNOWN;
        };
    }
}
