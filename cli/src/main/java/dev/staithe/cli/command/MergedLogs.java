package dev.staithe.cli.command;

import dev.staithe.cli.client.ApiError;
import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.client.Subscription;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.LogView;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The logs of several tasks as one, each line with the task it comes from. */
final class MergedLogs {
    /** Where to begin when new lines are what is wanted. */
    private static final int TAIL_WHEN_FOLLOWING = 10;

    /** How long a host may be silent in the middle of a log that it only has to hand out. */
    private static final Duration HOST_LIMIT = Duration.ofSeconds(15);

    private static final Duration LOOK_UP = Duration.ofMinutes(1);

    private sealed interface Event {
        record Line(Task task, StreamEvent<LogLine> event) implements Event {}

        record Seen(StreamEvent<WatchServiceResponse> event) implements Event {}
    }

    private final Session session;
    private final boolean follow;
    private final @Nullable Integer tail;
    private final Inbox<Event> inbox = new Inbox<>();
    private final Map<String, Subscription> open = new TreeMap<>();
    private final LogView view;

    MergedLogs(Session session, boolean follow, @Nullable Integer tail) {
        this.session = session;
        this.follow = follow;
        this.tail = tail;
        this.view = new LogView(session.screen().colour());
    }

    /** Prints what the tasks have written, in the order of time. */
    ExitCode show(List<Task> tasks) {
        tasks.stream().filter(TaskLogs::mayExist).forEach(task -> subscribe(task, tail));
        List<Event.Line> lines = new ArrayList<>();
        int running = open.size();
        try {
            while (running > 0) {
                Optional<Event> next = inbox.take(HOST_LIMIT);
                if (next.isEmpty()) {
                    session.screen()
                            .err()
                            .println("note: " + Words.count(running, "log") + " incomplete: a host is silent");
                    break;
                }
                if (next.get() instanceof Event.Line line) {
                    switch (line.event()) {
                        case StreamEvent.Item<LogLine> item -> lines.add(line);
                        case StreamEvent.Ended<LogLine> ended -> running--;
                        case StreamEvent.Broken<LogLine> broken -> {
                            running--;
                            missing(line.task(), broken.error());
                        }
                    }
                }
            }
        } finally {
            hangUp();
        }
        lines.stream()
                .sorted(Comparator.comparing(line -> Words.instant(message(line).getTime())))
                .forEach(line -> print(line.task(), message(line)));
        return ExitCode.OK;
    }

    /** Prints the tail of one task's log and goes on with new lines until it stops. */
    ExitCode followTask(Task task) {
        subscribe(task, tail);
        try {
            while (!open.isEmpty()) {
                inbox.take(LOOK_UP).ifPresent(this::receive);
            }
        } finally {
            hangUp();
        }
        return ExitCode.OK;
    }

    /** Prints the tails of the tasks that run and goes on with new lines, and new tasks, until the service is gone. */
    @SuppressWarnings("try") // Opened, not used: what it brings is in the inbox.
    ExitCode followService(String service) {
        WatchServiceRequest request = WatchServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(service)
                .build();
        Map<String, Task> known = new TreeMap<>();
        ControlPlane controlPlane = session.controlPlane();
        try (Subscription ignored =
                controlPlane.open(ServicesGrpc.getWatchMethod(), request, event -> inbox.put(new Event.Seen(event)))) {
            while (true) {
                Optional<Event> next = inbox.take(LOOK_UP);
                if (next.isEmpty() || !(next.get() instanceof Event.Seen seen)) {
                    next.ifPresent(this::receive);
                    continue;
                }
                switch (seen.event()) {
                    case StreamEvent.Item<WatchServiceResponse> item -> {
                        if (item.message().getService().getStatus().equals("INACTIVE")) {
                            return ExitCode.OK;
                        }
                        subscribeNew(item.message().getTasksList(), known);
                    }
                    case StreamEvent.Ended<WatchServiceResponse> ended -> {
                        return ExitCode.OK;
                    }
                    case StreamEvent.Broken<WatchServiceResponse> broken ->
                        throw new Refusal(broken.error(), controlPlane.address(), null);
                }
            }
        } finally {
            hangUp();
        }
    }

    private void subscribeNew(List<Task> tasks, Map<String, Task> known) {
        boolean first = known.isEmpty();
        for (Task task : tasks) {
            boolean stoppedLongAgo = first && task.getLastStatus().equals("STOPPED");
            if (TaskLogs.mayExist(task) && known.putIfAbsent(task.getTaskId(), task) == null && !stoppedLongAgo) {
                subscribe(task, first && tail == null ? Integer.valueOf(TAIL_WHEN_FOLLOWING) : first ? tail : null);
            }
        }
    }

    private void receive(Event event) {
        if (event instanceof Event.Line line) {
            switch (line.event()) {
                case StreamEvent.Item<LogLine> item -> print(line.task(), item.message());
                case StreamEvent.Ended<LogLine> ended -> open.remove(line.task().getTaskId());
                case StreamEvent.Broken<LogLine> broken -> {
                    open.remove(line.task().getTaskId());
                    missing(line.task(), broken.error());
                }
            }
        }
    }

    private void subscribe(Task task, @Nullable Integer lastLines) {
        ReadLogsRequest.Builder request = ReadLogsRequest.newBuilder()
                .setCluster(session.cluster())
                .setTask(task.getTaskId())
                .setFollow(follow);
        if (lastLines != null) {
            request.setTail(lastLines);
        }
        open.put(
                task.getTaskId(),
                session.controlPlane()
                        .open(
                                LogsGrpc.getReadMethod(),
                                request.build(),
                                event -> inbox.put(new Event.Line(task, event))));
    }

    private void print(Task task, LogLine line) {
        session.output().showLine(line, line.getMessage(), () -> view.line(task, line));
    }

    private void missing(Task task, ApiError error) {
        session.screen()
                .err()
                .println("note: no log of task " + Words.shortId(task.getTaskId()) + " on " + task.getHostName() + ": "
                        + error.message());
    }

    private static LogLine message(Event.Line line) {
        return line.event() instanceof StreamEvent.Item<LogLine> item ? item.message() : LogLine.getDefaultInstance();
    }

    private void hangUp() {
        open.values().forEach(Subscription::close);
        open.clear();
    }
}
