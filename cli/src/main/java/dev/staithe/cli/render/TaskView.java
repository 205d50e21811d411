package dev.staithe.cli.render;

import com.google.protobuf.Timestamp;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.NetworkBinding;
import dev.staithe.proto.v1.Task;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tasks for people. */
public final class TaskView {
    private static final Comparator<Task> OLDEST_FIRST = Comparator.comparing(
                    (Task task) -> Words.instant(task.getCreatedAt()))
            .thenComparing(Task::getTaskId);

    private static final int MOST_PULLS = 2;

    private TaskView() {}

    /**
     * The order in which the tasks of a service are numbered from 1, so that people can say {@code web/2}: those that
     * are wanted from the oldest, those that are being stopped, then those that have stopped from the newest.
     */
    public static List<Task> numbered(List<Task> tasks) {
        return Stream.of(
                        tasks.stream().filter(TaskView::isWanted).sorted(OLDEST_FIRST),
                        tasks.stream()
                                .filter(task -> !isWanted(task) && !isStopped(task))
                                .sorted(OLDEST_FIRST),
                        tasks.stream().filter(TaskView::isStopped).sorted(OLDEST_FIRST.reversed()))
                .flatMap(part -> part)
                .toList();
    }

    /** The tasks of one service, one line each, numbered. */
    public static String ofService(String service, List<Task> tasks, Instant now) {
        Table table = new Table("TASK", "ID", "REVISION", "STATUS", "HEALTH", "HOST", "PORTS", "AGE", "REASON");
        int number = 1;
        for (Task task : numbered(tasks)) {
            table.row(
                    service + "/" + number++,
                    Words.shortId(task.getTaskId()),
                    task.getTaskDefinition(),
                    status(task),
                    health(task),
                    task.getHostName(),
                    ports(task),
                    age(task, now),
                    reason(task));
        }
        return table.orElse("service " + service + " has no tasks");
    }

    /** Tasks of any kind, one line each. */
    public static String table(List<Task> tasks, Instant now) {
        Table table = new Table("ID", "GROUP", "TASK DEFINITION", "STATUS", "HEALTH", "HOST", "PORTS", "AGE", "REASON");
        for (Task task : tasks) {
            table.row(
                    Words.shortId(task.getTaskId()),
                    task.getGroup(),
                    task.getTaskDefinition(),
                    status(task),
                    health(task),
                    task.getHostName(),
                    ports(task),
                    age(task, now),
                    reason(task));
        }
        return table.orElse("no tasks: start one with `staithe task run FAMILY`");
    }

    /** One task in full. */
    public static String text(Task task, Instant now) {
        Page page = new Page(17);
        page.line("task " + task.getTaskId() + "  " + status(task));
        page.field("task definition", task.getTaskDefinition());
        page.field("group", task.getGroup());
        page.field("started by", task.getStartedBy());
        page.field("host", task.getHostName().isEmpty() ? "" : task.getHostName() + " (" + task.getHostAddress() + ")");
        page.field("health", health(task));
        page.field("created", ago(task.getCreatedAt(), now));
        page.field("started", ago(task.getStartedAt(), now));
        page.field("stopped", ago(task.getStoppedAt(), now));
        page.field(
                "protected until",
                Words.isSet(task.getProtectionExpiresAt()) ? Words.time(task.getProtectionExpiresAt()) : "");
        page.field("task exec", task.getEnableExecuteCommand() ? "allowed" : "");
        page.field("reference", task.getReferenceId());
        page.field("tags", Words.tags(task.getTagsList()));
        page.field(
                "why",
                Stream.of(task.getStopCode(), task.getStoppedReason())
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining(": ")));
        page.gap();
        Table containers = new Table("CONTAINER", "IMAGE", "STATUS", "EXIT", "HEALTH", "PORTS", "REASON");
        for (Container container : task.getContainersList()) {
            containers.row(
                    container.getName(),
                    container.getImage(),
                    container.getLastStatus() + restarts(container) + pull(container),
                    container.hasExitCode() ? container.getExitCode() : "-",
                    known(container.getHealthStatus()),
                    container.getNetworkBindingsList().stream()
                            .map(TaskView::port)
                            .collect(Collectors.joining(",")),
                    container.getReason());
        }
        return page + containers.toString();
    }

    /** How far its image has come, while it is fetched. */
    private static String pull(Container container) {
        return container.getPullProgress().isEmpty() ? "" : " (" + container.getPullProgress() + ")";
    }

    /** How far the images have come that tasks wait for: "app: pulling 12.3 MB of 45.6 MB"; empty when none does. */
    public static String pulls(List<Task> tasks) {
        return tasks.stream()
                .flatMap(task -> task.getContainersList().stream())
                .filter(container -> !container.getPullProgress().isEmpty())
                .map(container -> container.getName() + ": " + container.getPullProgress())
                .distinct()
                .limit(MOST_PULLS)
                .collect(Collectors.joining(", "));
    }

    /** How often its restart policy has started it again, where it has. */
    private static String restarts(Container container) {
        return container.getRestartCount() == 0 ? "" : " (restarted " + container.getRestartCount() + "x)";
    }

    /** Where the running tasks answer, one line for each TCP port; empty when they publish none. */
    public static String addresses(List<Task> tasks) {
        Table table = new Table("URL", "TASK", "HOST");
        numbered(tasks).stream()
                .filter(task -> task.getLastStatus().equals("RUNNING")
                        && task.getDesiredStatus().equals("RUNNING"))
                .forEach(task ->
                        urls(task).forEach(url -> table.row(url, Words.shortId(task.getTaskId()), task.getHostName())));
        return table.orElse("");
    }

    /** The address of each published TCP port. */
    public static List<String> urls(Task task) {
        String host = task.getHostAddress().isEmpty() ? "127.0.0.1" : task.getHostAddress();
        return task.getContainersList().stream()
                .flatMap(container -> container.getNetworkBindingsList().stream())
                .filter(binding -> !binding.getProtocol().equals("udp") && binding.getHostPort() > 0)
                .map(binding ->
                        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + binding.getHostPort())
                .distinct()
                .toList();
    }

    private static boolean isWanted(Task task) {
        return task.getDesiredStatus().equals("RUNNING") && !isStopped(task);
    }

    private static boolean isStopped(Task task) {
        return task.getLastStatus().equals("STOPPED");
    }

    private static String status(Task task) {
        boolean lost = task.getConnectivity().equals("DISCONNECTED") && !isStopped(task);
        return task.getLastStatus() + (lost ? "?" : "");
    }

    private static String health(Task task) {
        return isStopped(task) ? "-" : known(task.getHealthStatus());
    }

    private static String known(String health) {
        return health.isEmpty() || health.equals("UNKNOWN") ? "-" : health;
    }

    private static String age(Task task, Instant now) {
        return Words.ago(isStopped(task) ? task.getStoppedAt() : task.getCreatedAt(), now);
    }

    private static String ago(Timestamp at, Instant now) {
        return Words.isSet(at) ? Words.time(at) + " (" + Words.ago(at, now) + " ago)" : "";
    }

    private static String ports(Task task) {
        return isStopped(task)
                ? "-"
                : task.getContainersList().stream()
                        .flatMap(container -> container.getNetworkBindingsList().stream())
                        .map(TaskView::port)
                        .distinct()
                        .collect(Collectors.joining(","));
    }

    private static String port(NetworkBinding binding) {
        return binding.getHostPort() + "->" + binding.getContainerPort()
                + (binding.getProtocol().equals("udp") ? "/udp" : "");
    }

    /** Why it stopped, in few words: the container's own reason says most, then its exit code. */
    private static String reason(Task task) {
        if (!isStopped(task)) {
            return "-";
        }
        return task.getContainersList().stream()
                .filter(container -> !container.getReason().isEmpty())
                .map(Container::getReason)
                .findFirst()
                .or(() -> exitCode(task))
                .orElseGet(() -> Words.withoutIds(task.getStoppedReason()));
    }

    private static Optional<String> exitCode(Task task) {
        return task.getContainersList().stream()
                .filter(container -> task.getStopCode().equals("EssentialContainerExited") && container.hasExitCode())
                .map(container -> "exit code " + container.getExitCode())
                .findFirst();
    }
}
