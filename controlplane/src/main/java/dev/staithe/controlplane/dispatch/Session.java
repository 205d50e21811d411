package dev.staithe.controlplane.dispatch;

import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.Gpus;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Applied;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Delta;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.GpuIds;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.proto.agent.v1.ReportAck;
import dev.staithe.proto.agent.v1.Snapshot;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.agent.v1.Welcome;
import dev.staithe.runtime.AssignmentDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent's session: what it was told, so that the next message says only what changed.
 *
 * <p>Confined to the control loop. There is never a queue: when the wire is not free, nothing is sent, and the difference
 * is computed afresh when it is.
 */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final AgentLink link;
    private final String instanceId;
    private final long incarnation;
    private final Leadership leadership;
    private final long number;
    private final NavigableMap<String, String> sent = new TreeMap<>();

    /** Of tasks that are to stop: how long their connections may go on. */
    private final NavigableMap<String, Duration> draining = new TreeMap<>();

    private final NavigableSet<String> unknown = new TreeSet<>();
    private final NavigableMap<Long, Answers> asked = new TreeMap<>();
    private final ExecInputs inputs = new ExecInputs();
    private boolean open;
    private boolean ended;

    /** The next message says all that the host is to hold, not what changed. */
    private boolean everything;

    /** There may be something to say about what the host is to hold, and the wire was not free. */
    private boolean owed;

    private long sequence;
    private long lastAsk;

    Session(AgentLink link, Hello hello, Leadership leadership, long number) {
        this.link = link;
        this.instanceId = hello.getInstanceId();
        this.incarnation = hello.getIncarnation();
        this.leadership = leadership;
        this.number = number;
        hello.getInventoryList().stream().map(TaskReport::getTaskId).forEach(unknown::add);
    }

    String instanceId() {
        return instanceId;
    }

    long incarnation() {
        return incarnation;
    }

    /** Of all sessions of this replica; grows. */
    long number() {
        return number;
    }

    /** Whether the host is registered and has been told what to hold. */
    boolean open() {
        return open;
    }

    void welcome(ClusterState state, Duration heartbeat) {
        open = true;
        send(ControlMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setProtocol(Hellos.PROTOCOL)
                        .setSessionId(leadership.epoch() + "-" + number)
                        .setEpoch(leadership.epoch())
                        .setHeartbeatIntervalMs((int) heartbeat.toMillis())));
        LOG.atInfo()
                .addKeyValue("instance", instanceId)
                .addKeyValue("epoch", leadership.epoch())
                .log("agent connected");
        everything(state);
    }

    /** Says everything, whatever was said before, as soon as the wire is free. */
    void everything(ClusterState state) {
        everything = true;
        update(state);
    }

    private void snapshot(ClusterState state) {
        everything = false;
        sent.clear();
        draining.clear();
        sequence++;
        Snapshot.Builder snapshot =
                Snapshot.newBuilder().setEpoch(leadership.epoch()).setSequence(sequence);
        for (Task task : state.tasksOfInstance(instanceId)) {
            if (!task.stopped()) {
                snapshot.addTasks(assigned(task, state));
                told(task, state);
            }
        }
        snapshot.addAllConfirmedGone(confirmGone(state));
        send(ControlMessage.newBuilder().setSnapshot(snapshot));
    }

    /** Says what changed since the last message, when the wire is free. */
    void update(ClusterState state) {
        if (!open || ended) {
            return;
        }
        owed = !link.ready();
        if (owed) {
            return;
        }
        if (everything) {
            snapshot(state);
            return;
        }
        AssignmentDiff diff = AssignmentDiff.between(sent, state.tasksOfInstance(instanceId));
        List<String> strangers = confirmGone(state);
        List<Task> otherwise = drainedOtherwise(state);
        if (diff.isEmpty() && strangers.isEmpty() && otherwise.isEmpty()) {
            return;
        }
        Delta.Builder delta = Delta.newBuilder()
                .setEpoch(leadership.epoch())
                .setBaseSequence(sequence)
                .setSequence(sequence + 1)
                .addAllConfirmedGone(diff.gone())
                .addAllConfirmedGone(strangers);
        for (Task task : diff.upserts()) {
            delta.addUpserts(assigned(task, state));
            told(task, state);
        }
        for (Task task : otherwise) {
            delta.addUpserts(assigned(task, state));
            told(task, state);
        }
        diff.gone().forEach(sent::remove);
        diff.gone().forEach(draining::remove);
        sequence++;
        send(ControlMessage.newBuilder().setDelta(delta));
    }

    private void told(Task task, ClusterState state) {
        sent.put(task.id(), AssignmentDiff.desired(task));
        if (task.stopWanted()) {
            draining.put(task.id(), draining(task, state));
        }
    }

    /** Tasks that the host was told to stop, and whose service has changed its mind about their connections since. */
    private List<Task> drainedOtherwise(ClusterState state) {
        return draining.isEmpty()
                ? List.of()
                : state.tasksOfInstance(instanceId).stream()
                        .filter(task -> !task.stopped() && draining.containsKey(task.id()))
                        .filter(task -> !draining(task, state).equals(draining.get(task.id())))
                        .toList();
    }

    /** The agent holds a task that may not exist: once the state says so, it is told. */
    void unknown(String taskId) {
        unknown.add(taskId);
    }

    /** Of the tasks that the agent spoke of, those that are over, or never were. */
    private List<String> confirmGone(ClusterState state) {
        List<String> gone = unknown.stream()
                .filter(id -> state.task(id).map(Task::stopped).orElse(true))
                .filter(id -> !sent.containsKey(id))
                .toList();
        unknown.clear();
        return gone;
    }

    private static AssignedTask assigned(Task task, ClusterState state) {
        AssignedTask.Builder assigned = AssignedTask.newBuilder()
                .setTaskId(task.id())
                .setCluster(task.cluster())
                .setGroup(task.group())
                .setRevision(task.taskDefinition().revision())
                .setTaskDefinition(state.taskDefinition(task.taskDefinition())
                        .orElseThrow(() -> new IllegalStateException("task " + task.id() + " without its definition"))
                        .spec())
                .setDesiredStatus(AssignmentDiff.desired(task))
                .setStopReason(task.stoppedReason())
                .setConnectionDrainingS((int) draining(task, state).toSeconds())
                .setExecuteCommand(task.marks().executeCommand());
        Gpus.shared(assigned.getTaskDefinition(), task.marks().gpus())
                .forEach((container, ids) -> assigned.putGpus(
                        container, GpuIds.newBuilder().addAllIds(ids).build()));
        state.deployment(task.serviceUid(), task.generation())
                .ifPresent(deployment -> deployment.images().forEach((container, digest) -> {
                    if (!digest.isEmpty()) {
                        assigned.putImageDigests(container, digest);
                    }
                }));
        if (task.overrides().getSerializedSize() > 0) {
            assigned.setOverrides(task.overrides());
        }
        return assigned.build();
    }

    /** Of its service as it is now; of a task on its own, and of one whose service is gone, the usual. */
    private static Duration draining(Task task, ClusterState state) {
        return state.serviceByUid(task.serviceUid())
                .map(service -> service.scheduling().connectionDraining())
                .orElse(Scheduling.USUAL_DRAINING);
    }

    /** Answers a sign of life with one; an agent that holds something else than it was told is told everything again. */
    void beat(Beat beat, ClusterState state) {
        if (!open) {
            return;
        }
        long digest = AssignmentDigest.of(sent);
        if (beat.getSequence() == sequence && beat.getDigest() != digest) {
            LOG.atWarn().addKeyValue("instance", instanceId).log("the agent holds other tasks than it was told");
            everything(state);
        }
        send(ControlMessage.newBuilder()
                .setBeat(Beat.newBuilder()
                        .setEpoch(leadership.epoch())
                        .setSequence(sequence)
                        .setDigest(AssignmentDigest.of(sent))));
    }

    void applied(Applied applied) {
        LOG.atDebug()
                .addKeyValue("instance", instanceId)
                .addKeyValue("sequence", applied.getSequence())
                .log("durable on the host");
    }

    void acknowledge(long report) {
        send(ControlMessage.newBuilder().setReportAck(ReportAck.newBuilder().setNumber(report)));
    }

    AgentSessions.Asking ask(Ask ask, Answers answers) {
        long id = ++lastAsk;
        asked.put(id, answers);
        send(ControlMessage.newBuilder().setAsk(ask.toBuilder().setId(id)));
        return new AgentSessions.Asking() {
            @Override
            public void cancel() {
                inputs.forget(id);
                if (asked.remove(id) != null) {
                    send(ControlMessage.newBuilder()
                            .setAsk(Ask.newBuilder().setId(id).setCancel(true)));
                }
            }

            @Override
            public void more(ExecInput input) {
                if (asked.containsKey(id)) {
                    inputs.add(id, input);
                    drain();
                }
            }
        };
    }

    /** Sends what waits for commands, as far as the wire takes it and nothing else has to go first. */
    void drain() {
        while (open && !ended && !owed && link.ready()) {
            Optional<Map.Entry<Long, ExecInput>> next = inputs.next();
            if (next.isEmpty()) {
                return;
            }
            send(ControlMessage.newBuilder()
                    .setAsk(Ask.newBuilder()
                            .setId(next.get().getKey())
                            .setExecInput(next.get().getValue())));
        }
    }

    void answered(Answer answer) {
        Optional<Answers> answers = Optional.ofNullable(asked.get(answer.getId()));
        if (answer.getEnd()) {
            asked.remove(answer.getId());
            inputs.forget(answer.getId());
        }
        answers.ifPresent(a -> a.answered(answer));
    }

    /** Answers what the agent asks, if the session lasts until the answer is there. */
    void fetch(Fetch question, Disclosure disclosure) {
        disclosure.fetch(
                instanceId,
                question,
                answer -> send(ControlMessage.newBuilder()
                        .setFetched(answer.toBuilder().setId(question.getId()))));
    }

    void refuse(Refused refused) {
        send(ControlMessage.newBuilder().setRefused(refused));
    }

    void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        LOG.atInfo().addKeyValue("instance", instanceId).log("session ended: {}", why);
        List<Answers> unanswered = List.copyOf(asked.values());
        asked.clear();
        unanswered.forEach(
                a -> a.answered(Answers.failure("the agent of " + instanceId + " is not connected any more")));
        link.close();
    }

    private void send(ControlMessage.Builder message) {
        if (!ended) {
            link.send(message.build());
        }
    }
}
