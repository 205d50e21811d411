package dev.staithe.cli.command;

import com.google.protobuf.util.Timestamps;
import dev.staithe.cli.client.Subscription;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.runtime.LogPosition;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The log of one task while it is read, over as many connections as it takes. */
final class OpenLog {
    private final Task task;
    private final ReadLogsRequest first;
    private final Map<String, LogPosition> positions = new TreeMap<>();
    private Optional<Subscription> subscription = Optional.empty();
    private int attempt;

    /** When it broke, by the clock for durations; empty while it is read. */
    private Optional<Long> brokenAt = Optional.empty();

    private boolean saidSo;

    OpenLog(Task task, ReadLogsRequest first) {
        this.task = task;
        this.first = first.toBuilder().setTask(task.getTaskId()).build();
    }

    Task task() {
        return task;
    }

    /** Of the connection that is open; what others still bring is old. */
    int attempt() {
        return attempt;
    }

    /** What to ask for now: all that was asked for at first, or what came since. */
    ReadLogsRequest next() {
        attempt++;
        if (positions.isEmpty()) {
            return first;
        }
        positions.values().forEach(LogPosition::again);
        long from =
                positions.values().stream().mapToLong(LogPosition::time).min().orElse(0);
        return first.toBuilder()
                .clearTail()
                .setSince(Timestamps.fromMillis(from))
                .build();
    }

    void opened(Subscription opened) {
        subscription = Optional.of(opened);
    }

    /** Whether the line was not shown before. */
    boolean fresh(LogLine line) {
        brokenAt = Optional.empty();
        saidSo = false;
        return positions
                .computeIfAbsent(line.getContainer(), first -> new LogPosition())
                .fresh(Timestamps.toMillis(line.getTime()));
    }

    void broke(long now) {
        if (brokenAt.isEmpty()) {
            brokenAt = Optional.of(now);
        }
    }

    /** Whether it is time to say that it has been broken since then; once. */
    boolean worthSaying(long now, long patienceNanos) {
        boolean worth =
                !saidSo && brokenAt.filter(at -> now - at >= patienceNanos).isPresent();
        saidSo |= worth;
        return worth;
    }

    void close() {
        subscription.ifPresent(Subscription::close);
    }
}
