package dev.staithe.agent;

import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Delta;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.Report;
import dev.staithe.proto.agent.v1.ReportAck;
import dev.staithe.proto.agent.v1.Snapshot;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.agent.v1.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A control plane as the test plays it: it welcomes, echoes heartbeats, acknowledges reports, and says what the test says. */
final class FakeControlPlane implements Dialer {
    static final int HEARTBEAT_MS = 1000;

    final List<String> dialled = new ArrayList<>();
    final List<AgentMessage> received = new ArrayList<>();
    final TreeMap<String, TaskReport> reported = new TreeMap<>();

    /** Answers a hello; by default a welcome of the current epoch. */
    long epoch = 1;

    boolean reachable = true;
    boolean acknowledges = true;
    boolean beats = true;
    Optional<ControlMessage> turnsAwayWith = Optional.empty();

    /** Answers what the agent asks; by default nothing. */
    Function<Fetch, Optional<Fetched>> answers = fetch -> Optional.empty();

    private @Nullable Connection current;
    private long sequence;

    @Override
    public Link dial(String address, Listener listener) {
        dialled.add(address);
        Connection connection = new Connection(listener);
        if (!reachable) {
            connection.drop("UNAVAILABLE: connection refused");
        } else {
            current = connection;
        }
        return connection;
    }

    void say(ControlMessage message) {
        Connection connection = current;
        if (connection == null) {
            throw new AssertionError("no agent is connected");
        }
        connection.listener.received(message);
    }

    void snapshot(AssignedTask... tasks) {
        snapshot(List.of(tasks), List.of());
    }

    void snapshot(List<AssignedTask> tasks, List<String> gone) {
        say(ControlMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setEpoch(epoch)
                        .setSequence(++sequence)
                        .addAllTasks(tasks)
                        .addAllConfirmedGone(gone))
                .build());
    }

    void delta(List<AssignedTask> upserts, List<String> gone) {
        delta(sequence, upserts, gone);
    }

    void delta(long base, List<AssignedTask> upserts, List<String> gone) {
        say(ControlMessage.newBuilder()
                .setDelta(Delta.newBuilder()
                        .setEpoch(epoch)
                        .setBaseSequence(base)
                        .setSequence(++sequence)
                        .addAllUpserts(upserts)
                        .addAllConfirmedGone(gone))
                .build());
    }

    void drop() {
        Connection connection = current;
        if (connection != null) {
            connection.drop("UNAVAILABLE: connection reset");
        }
    }

    boolean connected() {
        return current != null && !current.closed;
    }

    long sequence() {
        return sequence;
    }

    List<Hello> hellos() {
        return received.stream()
                .filter(AgentMessage::hasHello)
                .map(AgentMessage::getHello)
                .toList();
    }

    List<Report> reports() {
        return received.stream()
                .filter(AgentMessage::hasReport)
                .map(AgentMessage::getReport)
                .toList();
    }

    /** Every report of one task, in the order in which they came. */
    List<TaskReport> reportsOf(String task) {
        return reports().stream()
                .flatMap(r -> r.getTasksList().stream())
                .filter(r -> r.getTaskId().equals(task))
                .toList();
    }

    TaskReport lastOf(String task) {
        return Optional.ofNullable(reported.get(task)).orElseThrow(() -> new AssertionError("no report of " + task));
    }

    private final class Connection implements Link {
        private final Listener listener;
        private boolean closed;

        Connection(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void send(AgentMessage message) {
            if (closed) {
                return;
            }
            received.add(message);
            switch (message.getKindCase()) {
                case HELLO ->
                    listener.received(turnsAwayWith.orElseGet(() -> ControlMessage.newBuilder()
                            .setWelcome(Welcome.newBuilder()
                                    .setProtocol(1)
                                    .setSessionId("s" + dialled.size())
                                    .setEpoch(epoch)
                                    .setHeartbeatIntervalMs(HEARTBEAT_MS))
                            .build()));
                case REPORT -> {
                    for (TaskReport report : message.getReport().getTasksList()) {
                        reported.merge(
                                report.getTaskId(),
                                report,
                                (old, fresh) -> fresh.getObservation() > old.getObservation() ? fresh : old);
                    }
                    if (acknowledges) {
                        listener.received(ControlMessage.newBuilder()
                                .setReportAck(ReportAck.newBuilder()
                                        .setNumber(message.getReport().getNumber()))
                                .build());
                    }
                }
                case BEAT -> {
                    if (beats) {
                        listener.received(ControlMessage.newBuilder()
                                .setBeat(Beat.newBuilder().setEpoch(epoch).setSequence(sequence))
                                .build());
                    }
                }
                case FETCH ->
                    answers.apply(message.getFetch())
                            .ifPresent(answer -> listener.received(ControlMessage.newBuilder()
                                    .setFetched(answer.toBuilder()
                                            .setId(message.getFetch().getId()))
                                    .build()));
                case APPLIED, ANSWER, RESYNC, KIND_NOT_SET -> {}
            }
        }

        @Override
        public boolean ready() {
            return !closed;
        }

        @Override
        public void close() {
            drop("closed by this side");
        }

        private void drop(String why) {
            if (!closed) {
                closed = true;
                listener.closed(why);
            }
        }
    }
}
