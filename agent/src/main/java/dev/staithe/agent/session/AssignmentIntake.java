package dev.staithe.agent.session;

import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskReports;
import dev.staithe.agent.reconcile.AssignmentCheck;
import dev.staithe.agent.task.TaskWorkers;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Applied;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.Delta;
import dev.staithe.proto.agent.v1.Resync;
import dev.staithe.proto.agent.v1.Snapshot;
import dev.staithe.proto.agent.v1.TaskReport;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the control plane wants into the host's local truth, and says when it is durable.
 *
 * <p>A snapshot is taken as it is, and sets the sequence. A delta is taken when it builds on what is here; else it is discarded
 * and a snapshot asked for, once. A task that a snapshot does not name is kept: only a confirmation ends it.
 *
 * <p>One for each session. Confined to the loop.
 */
final class AssignmentIntake {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentIntake.class);

    private final TaskWorkers workers;
    private final LedgerWriter ledger;
    private final Outbox outbox;
    private final Consumer<AgentMessage> reply;
    private long sequence;
    private boolean synced;
    private boolean resyncAsked;

    AssignmentIntake(TaskWorkers workers, LedgerWriter ledger, Outbox outbox, Consumer<AgentMessage> reply) {
        this.workers = workers;
        this.ledger = ledger;
        this.outbox = outbox;
        this.reply = reply;
        this.sequence = ledger.identity().sequence();
    }

    /** Of the set that is held now, durable or not yet. */
    long sequence() {
        return sequence;
    }

    void accept(Snapshot snapshot) {
        TreeSet<String> named = new TreeSet<>();
        snapshot.getTasksList().forEach(task -> named.add(task.getTaskId()));
        snapshot.getTasksList().forEach(this::assign);
        workers.assignedAre(named);
        snapshot.getConfirmedGoneList().forEach(workers::gone);
        workers.tasks().stream()
                .filter(task -> task.claim() == Claim.UNNAMED)
                .forEach(task -> outbox.offer(TaskReports.of(task)));
        synced = true;
        resyncAsked = false;
        applied(snapshot.getEpoch(), snapshot.getSequence());
    }

    void accept(Delta delta) {
        if (!synced || delta.getBaseSequence() != sequence) {
            resync(synced ? "base " + delta.getBaseSequence() + ", mine " + sequence : "no snapshot yet");
            return;
        }
        delta.getUpsertsList().forEach(this::assign);
        delta.getConfirmedGoneList().forEach(workers::gone);
        applied(delta.getEpoch(), delta.getSequence());
    }

    /** The control plane says how far it is. All it said before has arrived, in order: what is missing now was lost. */
    void heard(Beat beat) {
        if (synced && beat.getSequence() > sequence) {
            resync("the control plane is at " + beat.getSequence() + ", mine " + sequence);
        }
    }

    /** A heartbeat has passed: a snapshot that was asked for, or is due, and has not come is asked for again. */
    void beat() {
        if (!synced || resyncAsked) {
            resyncAsked = false;
            resync("no snapshot within a heartbeat");
        }
    }

    private void assign(dev.staithe.proto.agent.v1.AssignedTask message) {
        if (AssignmentCheck.taskId(message.getTaskId())) {
            workers.assign(AssignedTask.of(message));
            return;
        }
        // Its id would become part of file and container names: it is not held, and its end is said at once.
        String reason = "HostConfigError: taskId: " + message.getTaskId() + " (expected: 32 hexadecimal digits)";
        LOG.atWarn().addKeyValue("reason", reason).log("assignment refused");
        outbox.offer(TaskReport.newBuilder()
                .setTaskId(message.getTaskId())
                .setObservation(1)
                .setStatus("STOPPED")
                .setStopCode("TaskFailedToStart")
                .setStoppedReason(reason)
                .build());
    }

    private void applied(long epoch, long newSequence) {
        sequence = newSequence;
        ledger.identify(
                identity -> identity.at(newSequence),
                () -> reply.accept(AgentMessage.newBuilder()
                        .setApplied(Applied.newBuilder().setEpoch(epoch).setSequence(newSequence))
                        .build()));
    }

    private void resync(String why) {
        if (!resyncAsked) {
            resyncAsked = true;
            LOG.atInfo().addKeyValue("why", why).log("asking for a snapshot");
            reply.accept(AgentMessage.newBuilder()
                    .setResync(Resync.newBuilder().setWhy(why))
                    .build());
        }
    }

    /** What a hello says of the tasks that are held. An end that is recorded is no news. */
    static List<TaskReport> inventory(List<LocalTask> tasks) {
        return tasks.stream()
                .filter(task -> task.claim() != Claim.GONE || task.status() != Status.STOPPED)
                .map(TaskReports::of)
                .toList();
    }
}
