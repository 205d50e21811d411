package dev.staithe.cli.command;

import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.client.Subscription;
import dev.staithe.cli.rollout.TaskLog;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the last lines of a task, as far as its host still has them. */
final class TaskLogs {
    private static final int LAST = 20;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private TaskLogs() {}

    /** The last lines; when they cannot be had in a moment, why. */
    @SuppressWarnings("try") // Opened, not used: what it brings is in the inbox.
    static TaskLog last(Session session, Task task) {
        ReadLogsRequest request = ReadLogsRequest.newBuilder()
                .setCluster(session.cluster())
                .setTask(task.getTaskId())
                .setTail(LAST)
                .build();
        Inbox<StreamEvent<LogLine>> inbox = new Inbox<>();
        List<LogLine> lines = new ArrayList<>();
        try (Subscription ignored = session.controlPlane().open(LogsGrpc.getReadMethod(), request, inbox::put)) {
            while (true) {
                Optional<StreamEvent<LogLine>> event = inbox.take(LIMIT);
                if (event.isEmpty()) {
                    return new TaskLog(lines, "its host does not answer");
                }
                switch (event.get()) {
                    case StreamEvent.Item<LogLine> item -> lines.add(named(item.message(), task));
                    case StreamEvent.Ended<LogLine> ended -> {
                        return new TaskLog(lines, lines.isEmpty() ? "it wrote nothing" : "");
                    }
                    case StreamEvent.Broken<LogLine> broken -> {
                        return new TaskLog(
                                lines, "not to be had: " + broken.error().message());
                    }
                }
            }
        }
    }

    /** A task that has no container yet has no log. */
    static boolean mayExist(Task task) {
        return task.hasStartedAt()
                || task.getLastStatus().equals("RUNNING")
                || task.getContainersList().stream()
                        .anyMatch(container -> !container.getRuntimeId().isEmpty());
    }

    private static LogLine named(LogLine line, Task task) {
        return task.getContainersCount() < 2
                ? line
                : line.toBuilder()
                        .setMessage(line.getContainer() + ": " + line.getMessage())
                        .build();
    }
}
