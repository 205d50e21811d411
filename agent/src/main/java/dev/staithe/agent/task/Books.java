package dev.staithe.agent.task;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskDemand;
import dev.staithe.agent.reconcile.Admission;
import dev.staithe.agent.reconcile.Admission.Answer;
import dev.staithe.agent.reconcile.Admission.Claimant;
import dev.staithe.runtime.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The host's books as they stand: which task holds something of the host, which waits, and since when. Workers enter every
 * change of their task and ask here before they create anything.
 *
 * <p>Soft: made again from the tasks themselves. A task holds from the moment that it was let in; after a restart of the agent
 * it is one of which something was created, or may have been. Confined to the loop.
 */
final class Books {
    private static final TaskDemand NOTHING = new TaskDemand(0, 0, new TreeSet<>(), new TreeSet<>());

    /** What is known of a task. */
    private record Entry(LocalTask task, TaskDemand demand, boolean admitted) {
        boolean holds() {
            boolean live = task.containers().stream().anyMatch(LocalContainer::live);
            boolean begun = admitted
                    || task.assignment() == null
                    || task.containers().stream()
                            .anyMatch(c -> c.onEngine() || c.phase() == Phase.CREATED || c.phase() == Phase.RUNNING);
            return live || (task.status() != Status.STOPPED && begun);
        }

        /** The same task, as it is now: what it demands is what its assignment says. */
        Entry now(LocalTask changed) {
            AssignedTask assignment = task.assignment();
            boolean same = assignment != null && assignment.equals(changed.assignment());
            return new Entry(changed, same ? demand : Books.demand(changed), admitted);
        }

        boolean waits() {
            AssignedTask assignment = task.assignment();
            return task.status() == Status.PENDING
                    && !holds()
                    && task.claim() != Claim.GONE
                    && assignment != null
                    && assignment.desired() == Desired.RUNNING;
        }

        /** Tasks come into the queue with their first look at what they need. */
        long since() {
            long at = task.progress().times().pullStartedAt();
            return at == 0 ? Long.MAX_VALUE : at;
        }

        boolean before(Entry other) {
            return since() < other.since()
                    || (since() == other.since()
                            && task.taskId().compareTo(other.task().taskId()) < 0);
        }

        Claimant claimant() {
            return new Claimant(task.taskId(), task.status(), demand);
        }
    }

    private final Admission admission;
    private final EventLoop loop;
    private final Consumer<String> roomFor;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    private boolean telling;

    /**
     * Empty books.
     *
     * @param roomFor told the id of each task that waits, oldest first, when something was given back
     */
    Books(Admission admission, EventLoop loop, Consumer<String> roomFor) {
        this.admission = admission;
        this.loop = loop;
        this.roomFor = roomFor;
    }

    /** The task as it is now. */
    void enter(LocalTask task) {
        Entry known = entries.get(task.taskId());
        Entry entry = known == null ? new Entry(task, demand(task), false) : known.now(task);
        entries.put(task.taskId(), entry);
        boolean counted = known != null && (known.holds() || known.waits());
        if (counted && !entry.holds() && !entry.waits()) {
            tellWaiting();
        }
    }

    /** Whether the task, as it is now, may be created. What holds already, or is on its way out, is not asked anything. */
    Answer answer(LocalTask task) {
        Entry known = entries.get(task.taskId());
        Entry asking = new Entry(task, demand(task), known != null && known.admitted());
        if (!asking.waits()) {
            return Admission.ADMITTED;
        }
        List<Claimant> before = new ArrayList<>();
        for (Entry entry : entries.values()) {
            boolean other = !entry.task().taskId().equals(task.taskId());
            if (other && (entry.holds() || (entry.waits() && entry.before(asking)))) {
                before.add(entry.claimant());
            }
        }
        return admission.answer(asking.demand(), before);
    }

    /** Something is about to be created for the task: it holds what it asked for from now on. */
    void admit(LocalTask task) {
        entries.put(task.taskId(), new Entry(task, demand(task), true));
    }

    void forget(String taskId) {
        entries.remove(taskId);
    }

    private void tellWaiting() {
        if (telling) {
            return;
        }
        telling = true;
        loop.execute(() -> {
            telling = false;
            entries.values().stream()
                    .filter(Entry::waits)
                    .sorted((one, other) -> one.before(other) ? -1 : 1)
                    .map(entry -> entry.task().taskId())
                    .toList()
                    .forEach(roomFor);
        });
    }

    /** Of a task that only its containers speak for, its ports are known. What has no sizes is refused elsewhere. */
    private static TaskDemand demand(LocalTask task) {
        AssignedTask assignment = task.assignment();
        if (assignment == null) {
            TreeSet<String> ports = new TreeSet<>();
            task.containers().stream()
                    .flatMap(c -> c.ports().stream())
                    .forEach(port -> ports.add(TaskDemand.port(port.hostPort(), port.protocol())));
            return new TaskDemand(0, 0, ports, new TreeSet<>());
        }
        try {
            return TaskDemand.of(assignment);
        } catch (IllegalArgumentException noSize) {
            return NOTHING;
        }
    }
}
