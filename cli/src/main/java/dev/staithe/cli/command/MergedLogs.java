package dev.staithe.cli.command;

import dev.staithe.cli.client.ApiError;
import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.LogView;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The logs of several tasks as one, each line with where it comes from.
 *
 * <p>A log that is followed is read on when the control plane, its leader or the agent of the host was away for a while: from the
 * last line on, each line once. Nothing is said of that unless it takes long.
 */
final class MergedLogs {
    /** How long a host may be silent in the middle of a log that it only has to hand out. */
    private static final Duration HOST_LIMIT = Duration.ofSeconds(15);

    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final String AGENT_UNREACHABLE = "AGENT_UNREACHABLE";

    private record Line(OpenLog log, int attempt, StreamEvent<LogLine> event) {}

    private final Session session;
    private final ReadLogsRequest request;
    private final LogView view;
    private final Inbox<Line> inbox = new Inbox<>();
    private final Map<String, OpenLog> open = new TreeMap<>();
    private final Map<String, Long> retries = new TreeMap<>();
    private final Set<String> silentHosts = new TreeSet<>();
    private boolean printed;
    private boolean incomplete;

    /** @param request what is asked for of each task, without the task */
    MergedLogs(Session session, ReadLogsRequest request, LogView view) {
        this.session = session;
        this.request = request;
        this.view = view;
    }

    /** Prints what the tasks have written, in the order of time. */
    ExitCode show(List<Task> tasks) {
        tasks.stream().filter(TaskLogs::mayExist).forEach(task -> read(new OpenLog(task, request)));
        List<Line> lines = new ArrayList<>();
        try {
            while (!open.isEmpty()) {
                Optional<Line> next = inbox.take(HOST_LIMIT);
                if (next.isEmpty()) {
                    open.values().forEach(log -> silent(log.task()));
                    break;
                }
                switch (next.get().event()) {
                    case StreamEvent.Item<LogLine> item -> lines.add(next.get());
                    case StreamEvent.Ended<LogLine> ended -> close(next.get().log());
                    case StreamEvent.Broken<LogLine> broken -> {
                        close(next.get().log());
                        missing(next.get().log().task(), broken.error());
                    }
                }
            }
        } finally {
            hangUp();
        }
        lines.stream()
                .sorted(Comparator.comparing(line -> Words.instant(message(line).getTime())))
                .forEach(line -> print(line.log().task(), message(line)));
        return outcome();
    }

    /** Prints the log of one task and goes on with new lines until it stops. */
    ExitCode followTask(Task task) {
        if (!TaskLogs.mayExist(task)) {
            return ExitCode.OK;
        }
        read(new OpenLog(task, request));
        try {
            long look = session.environment().time().nanos() + LONG.toNanos();
            while (!open.isEmpty()) {
                turn(RETRY);
                if (!retries.isEmpty() && look - session.environment().time().nanos() <= 0) {
                    look = session.environment().time().nanos() + LONG.toNanos();
                    endIfStopped(task);
                }
            }
        } finally {
            hangUp();
        }
        return outcome();
    }

    /** Its host may be gone for good, and it with it. */
    private void endIfStopped(Task task) {
        DescribeTasksRequest described = DescribeTasksRequest.newBuilder()
                .setCluster(session.cluster())
                .addTasks(task.getTaskId())
                .build();
        boolean stopped = session.controlPlane()
                .callIfReachable(TasksGrpc::newBlockingStub, api -> api.describe(described), LONG)
                .filter(now -> now.getTasksList().stream()
                        .allMatch(t -> t.getLastStatus().equals("STOPPED")))
                .isPresent();
        if (stopped) {
            silent(task);
            hangUp();
        }
    }

    /** Nothing but reasons why there is nothing is a failure. */
    private ExitCode outcome() {
        return incomplete && !printed ? ExitCode.ERROR : ExitCode.OK;
    }

    /** Prints the tails of the tasks that run and goes on with new lines, and new tasks, until the service is gone. */
    ExitCode followService(String service) {
        WatchServiceRequest watched = WatchServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(service)
                .build();
        Map<String, Task> known = new TreeMap<>();
        boolean first = true;
        try (Following<WatchServiceRequest, WatchServiceResponse> watch =
                new Following<>(session.controlPlane(), ServicesGrpc.getWatchMethod(), () -> watched)) {
            while (true) {
                Optional<WatchServiceResponse> seen = watch.next(first ? LONG : Duration.ZERO);
                if (seen.isPresent()) {
                    if (seen.get().getService().getStatus().equals("INACTIVE")) {
                        return ExitCode.OK;
                    }
                    takeUp(seen.get().getTasksList(), known, first);
                    first = false;
                }
                turn(RETRY.dividedBy(5));
            }
        } finally {
            hangUp();
        }
    }

    private void takeUp(List<Task> tasks, Map<String, Task> known, boolean first) {
        for (Task task : tasks) {
            boolean stopped = task.getLastStatus().equals("STOPPED");
            boolean stoppedLongAgo = first && stopped;
            if (TaskLogs.mayExist(task) && known.putIfAbsent(task.getTaskId(), task) == null && !stoppedLongAgo) {
                // Of a task that comes later every line is new.
                read(new OpenLog(
                        task, first ? request : request.toBuilder().clearTail().build()));
            }
            if (stopped && retries.containsKey(task.getTaskId())) {
                // Its host is gone, and it with it.
                retries.remove(task.getTaskId());
                open.remove(task.getTaskId());
            }
        }
    }

    /** Takes what came, if something did within the limit, and looks again for what broke. */
    private void turn(Duration limit) {
        for (Optional<Line> next = inbox.take(limit); next.isPresent(); next = inbox.take(Duration.ZERO)) {
            receive(next.get());
        }
        long now = session.environment().time().nanos();
        List<String> due = retries.entrySet().stream()
                .filter(retry -> retry.getValue() - now <= 0)
                .map(Map.Entry::getKey)
                .toList();
        for (String id : due) {
            retries.remove(id);
            Optional.ofNullable(open.get(id)).ifPresent(this::read);
        }
    }

    private void receive(Line line) {
        OpenLog log = line.log();
        if (line.attempt() != log.attempt()) {
            return;
        }
        switch (line.event()) {
            case StreamEvent.Item<LogLine> item -> {
                if (log.fresh(item.message())) {
                    print(log.task(), item.message());
                }
            }
            case StreamEvent.Ended<LogLine> ended -> close(log);
            case StreamEvent.Broken<LogLine> broken -> broke(log, broken.error());
        }
    }

    /** What passes is waited for; what is refused will be refused again. */
    private void broke(OpenLog log, ApiError error) {
        boolean away = error.reason().equals(AGENT_UNREACHABLE);
        if (!away && !error.unreachable() && !error.leaderless()) {
            close(log);
            missing(log.task(), error);
            return;
        }
        long now = session.environment().time().nanos();
        log.broke(now);
        if (log.worthSaying(now, LONG.toNanos())) {
            session.screen()
                    .err()
                    .println("note: waiting for "
                            + (away ? "the agent of " + log.task().getHostName() : "the control plane") + ": "
                            + error.message());
        }
        retries.put(log.task().getTaskId(), now + RETRY.toNanos());
    }

    private void read(OpenLog log) {
        open.put(log.task().getTaskId(), log);
        ReadLogsRequest next = log.next();
        int attempt = log.attempt();
        log.opened(session.controlPlane()
                .open(LogsGrpc.getReadMethod(), next, event -> inbox.put(new Line(log, attempt, event))));
    }

    private void print(Task task, LogLine line) {
        printed = true;
        session.output().showLine(line, line.getMessage(), () -> view.line(task, line));
    }

    private void missing(Task task, ApiError error) {
        incomplete = true;
        if (error.reason().equals(AGENT_UNREACHABLE)) {
            silent(task);
            return;
        }
        session.screen()
                .err()
                .println("note: no log of task " + Words.shortId(task.getTaskId()) + " on " + task.getHostName() + ": "
                        + error.message());
    }

    /** However many tasks it has. */
    private void silent(Task task) {
        incomplete = true;
        if (silentHosts.add(task.getHostName())) {
            session.screen()
                    .err()
                    .println("note: " + task.getHostName() + " does not answer: the logs of its tasks are missing");
        }
    }

    private static LogLine message(Line line) {
        return line.event() instanceof StreamEvent.Item<LogLine> item ? item.message() : LogLine.getDefaultInstance();
    }

    private void close(OpenLog log) {
        log.close();
        open.remove(log.task().getTaskId());
    }

    private void hangUp() {
        open.values().forEach(OpenLog::close);
        open.clear();
    }
}
