package dev.staithe.agent.session;

import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Report;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports about tasks until the control plane has acknowledged them: of each task the newest state only.
 *
 * <p>What happens after a quiet while goes out at once; what happens close upon it is gathered for a moment and goes out
 * together. Progress on the way to running is in no hurry: most tasks run before it would be sent, and say only that. What was
 * sent and not acknowledged is sent again in the next session, and in the same one when the answer takes long.
 *
 * <p>Confined to the loop; soft: after a restart the inventory says it all.
 */
final class Outbox {
    /** The window in which reports are gathered. */
    private static final Duration GATHER = Duration.ofMillis(50);

    private static final Duration NO_HURRY = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST_TASKS = 100;

    private record Sent(long at, List<TaskReport> reports) {}

    private final EventLoop loop;
    private final Time time;

    /** What is to be sent, by task. */
    private final TreeMap<String, TaskReport> pending = new TreeMap<>();

    private final TreeMap<Long, Sent> unacknowledged = new TreeMap<>();
    private Optional<Consumer<AgentMessage>> wire = Optional.empty();
    private long lastNumber;
    private long lastSentAt;
    private long dueAt;
    private EventLoop.@Nullable Timer timer;

    Outbox(EventLoop loop, Time time) {
        this.loop = loop;
        this.time = time;
        this.lastSentAt = time.nanos() - GATHER.toNanos();
    }

    /** The task's state is now this. */
    void offer(TaskReport report) {
        loop.assertInLoop();
        pending.merge(
                report.getTaskId(),
                report,
                (old, fresh) -> fresh.getObservation() >= old.getObservation() ? fresh : old);
        boolean hurry = !report.getStatus().equals("PENDING");
        long now = time.nanos();
        sendAt(hurry ? Math.max(now, lastSentAt + GATHER.toNanos()) : now + NO_HURRY.toNanos());
    }

    /** A session is there to send through; what the last one did not acknowledge goes first. */
    void connected(Consumer<AgentMessage> send) {
        wire = Optional.of(send);
        takeBack(Long.MAX_VALUE);
        flush();
    }

    void disconnected() {
        wire = Optional.empty();
    }

    /** Everything up to that report is committed. */
    void acknowledged(long number) {
        unacknowledged.headMap(number, true).clear();
    }

    /** Sends again what has waited long for its answer. Called with each heartbeat. */
    void retry() {
        long now = time.nanos();
        if (takeBack(now - ANSWER.toNanos())) {
            flush();
        }
    }

    /** Moves what was sent up to that time back, unless something newer is known. */
    private boolean takeBack(long sentUntil) {
        List<Long> late = unacknowledged.entrySet().stream()
                .filter(e -> sentUntil == Long.MAX_VALUE || e.getValue().at() - sentUntil <= 0)
                .map(java.util.Map.Entry::getKey)
                .toList();
        for (Long number : late) {
            Sent sent = unacknowledged.remove(number);
            if (sent != null) {
                sent.reports()
                        .forEach(report -> pending.merge(
                                report.getTaskId(),
                                report,
                                (newer, older) -> newer.getObservation() >= older.getObservation() ? newer : older));
            }
        }
        return !late.isEmpty();
    }

    private void sendAt(long at) {
        if (timer != null && dueAt - at <= 0) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        dueAt = at;
        long delay = at - time.nanos();
        if (delay <= 0) {
            flush();
        } else {
            timer = loop.after(Duration.ofNanos(delay), this::flush);
        }
    }

    private void flush() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (wire.isEmpty() || pending.isEmpty()) {
            return;
        }
        lastSentAt = time.nanos();
        List<TaskReport> all = new ArrayList<>(pending.values());
        pending.clear();
        for (int from = 0; from < all.size(); from += MOST_TASKS) {
            List<TaskReport> some = List.copyOf(all.subList(from, Math.min(all.size(), from + MOST_TASKS)));
            lastNumber++;
            unacknowledged.put(lastNumber, new Sent(lastSentAt, some));
            wire.get()
                    .accept(AgentMessage.newBuilder()
                            .setReport(Report.newBuilder().setNumber(lastNumber).addAllTasks(some))
                            .build());
        }
    }
}
