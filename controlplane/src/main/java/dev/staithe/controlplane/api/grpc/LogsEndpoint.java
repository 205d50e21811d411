package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.util.Timestamps;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.proto.agent.v1.LogsAsk;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.runtime.EventLoop;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The service {@code staithe.v1.Logs}: lines are asked of the host that has them, by the leader. */
final class LogsEndpoint extends LogsGrpc.LogsImplBase {
    /** What may wait for a caller who reads slowly. */
    private static final long MOST_WAITING_BYTES = 32L << 20;

    private final TaskCommands commands;
    private final EventLoop loop;
    private final AgentQuestions source;
    private final Pushing pushing;

    LogsEndpoint(TaskCommands commands, EventLoop loop, AgentQuestions source, Pushing pushing) {
        this.commands = commands;
        this.loop = loop;
        this.source = source;
        this.pushing = pushing;
    }

    @Override
    public void read(ReadLogsRequest request, StreamObserver<LogLine> caller) {
        Task task;
        try {
            task = task(commands.leaderState(), request);
        } catch (IntentException refusal) {
            caller.onError(Errors.refused(refusal));
            return;
        }
        LogsAsk.Builder ask = LogsAsk.newBuilder()
                .setTaskId(task.id())
                .setContainer(request.getContainer())
                .setFollow(request.getFollow());
        if (request.hasTail()) {
            ask.setTail(request.getTail());
        }
        if (request.hasSince()) {
            ask.setSinceMs(Math.max(1, Timestamps.toMillis(request.getSince())));
        }
        Reading reading = new Reading(task);
        pushing.start(caller, push -> () -> reading.push(push), signal -> {
            loop.execute(
                    () -> reading.begin(source, Ask.newBuilder().setLogs(ask).build(), signal));
            return () -> loop.execute(reading::cancel);
        });
    }

    private static Task task(ClusterState state, ReadLogsRequest request) throws IntentException {
        String cluster = View.cluster(state, request.getCluster());
        Task task = Tasks.find(state, cluster, request.getTask())
                .orElseThrow(() -> IntentException.of(
                        Reason.TASK_NOT_FOUND,
                        "The referenced task was not found: " + IntentException.shown(request.getTask())
                                + " in cluster " + cluster));
        if (request.hasTail() && request.getTail() < 0) {
            throw IntentException.invalid("tail", request.getTail() + " (expected: 0 or more lines)");
        }
        if (request.hasSince() && !Timestamps.isValid(request.getSince())) {
            throw IntentException.invalid("since", "not a time (expected: one between the years 1 and 9999)");
        }
        List<String> containers = state.taskDefinition(task.taskDefinition())
                .map(TaskDefinitionRevision::spec)
                .map(spec -> spec.getContainerDefinitionsList().stream()
                        .map(ContainerDefinition::getName)
                        .toList())
                .orElse(List.of());
        if (!request.getContainer().isEmpty() && !containers.contains(request.getContainer())) {
            throw IntentException.invalid(
                    "container",
                    IntentException.shown(request.getContainer()) + " (expected: " + String.join(", ", containers)
                            + ")");
        }
        return task;
    }

    /** Lines on their way from the control loop, which must not wait, to a caller who may be slow. */
    private static final class Reading implements Answers {
        private final Task task;
        private final ConcurrentLinkedQueue<LogChunk> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicLong waitingBytes = new AtomicLong();
        private volatile Optional<IntentException> failure = Optional.empty();
        private volatile boolean ended;

        // Confined to the control loop.
        private Optional<AgentSessions.Asking> asking = Optional.empty();
        private Runnable signal = () -> {};
        private boolean cancelled;

        Reading(Task task) {
            this.task = task;
        }

        void begin(AgentQuestions source, Ask ask, Runnable tell) {
            if (!cancelled) {
                signal = tell;
                asking = Optional.of(source.ask(task.instanceId(), ask, this));
            }
        }

        void cancel() {
            cancelled = true;
            asking.ifPresent(AgentSessions.Asking::cancel);
            asking = Optional.empty();
        }

        @Override
        public void answered(Answer part) {
            lines(part.getLogsList());
            if (part.getEnd()) {
                end(part.getError());
            }
        }

        private void lines(List<LogChunk> lines) {
            if (ended) {
                return;
            }
            waiting.addAll(lines);
            long bytes = waitingBytes.addAndGet(
                    lines.stream().mapToLong(LogChunk::getSerializedSize).sum());
            if (bytes > MOST_WAITING_BYTES) {
                end("the caller reads more slowly than the lines come");
                cancel();
            }
            signal.run();
        }

        private void end(String error) {
            if (!ended) {
                if (!error.isEmpty()) {
                    failure = Optional.of(unreadable(error));
                }
                ended = true;
                signal.run();
            }
        }

        private IntentException unreadable(String error) {
            Reason reason = error.contains("not connected")
                    ? Reason.AGENT_UNREACHABLE
                    : error.contains("log driver") ? Reason.LOG_UNREADABLE : Reason.TASK_NOT_FOUND;
            return IntentException.of(reason, "the logs of task " + task.id() + " cannot be read: " + error);
        }

        /** Sends what waits, then says how it ended. */
        void push(Pushing.Push<LogLine> push) throws IntentException {
            // Read before the queue: nothing is added once it is set.
            boolean last = ended;
            while (push.ready()) {
                LogChunk chunk = waiting.poll();
                if (chunk == null) {
                    break;
                }
                waitingBytes.addAndGet(-chunk.getSerializedSize());
                push.send(line(chunk));
            }
            if (last && waiting.isEmpty()) {
                if (failure.isPresent()) {
                    throw failure.get();
                }
                push.complete();
            }
        }

        private LogLine line(LogChunk chunk) {
            return LogLine.newBuilder()
                    .setTime(Requests.timestamp(chunk.getTimeMs()))
                    .setTask(task.id())
                    .setContainer(chunk.getContainer())
                    .setStream(chunk.getStderr() ? "stderr" : "stdout")
                    .setMessage(chunk.getMessage())
                    .build();
        }
    }
}
