package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Explanation;
import dev.staithe.controlplane.placement.Placement;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Placer;
import dev.staithe.controlplane.reconcile.Announcements;
import dev.staithe.controlplane.reconcile.Decision;
import dev.staithe.controlplane.reconcile.EventTexts;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.proto.v1.PlacementExplanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds places for the new tasks of services in one pass and writes the tasks into its draft. */
final class Places {
    private final Draft draft;
    private final NewTasks newTasks;
    private final Moment moment;
    private final Settings settings;
    private final List<Wanted> wanted = new ArrayList<>();
    private final TaskNews stopped = new TaskNews();

    /** By service: how many of its tasks have connections that may go on. */
    private final SortedMap<String, Integer> drained = new TreeMap<>();

    Places(Draft draft, Moment moment, Settings settings) {
        this.settings = settings;
        this.draft = draft;
        this.moment = moment;
        this.newTasks = new NewTasks(draft, moment);
    }

    /**
     * Tasks that a deployment wants.
     *
     * @param on one on each of these instances; empty = wherever there is a place
     */
    private record Wanted(
            Service service,
            Deployment deployment,
            int count,
            List<Task> replaced,
            boolean rebalances,
            List<String> on) {}

    /** Remembers that a deployment wants tasks; they are placed when every planner has spoken. */
    void want(Decision.Start start) {
        wanted.add(new Wanted(
                start.service(), start.deployment(), start.count(), start.replaced(), start.rebalances(), List.of()));
    }

    /** Remembers that a deployment wants tasks on certain hosts: those of daemons are placed before all others. */
    void want(Decision.StartOn start) {
        List<String> on = start.instanceIds();
        wanted.add(new Wanted(start.service(), start.deployment(), start.most(), List.of(), false, on));
    }

    /** Remembers that a task of a service is being stopped, for the event that says so. */
    void stopped(Decision.Stop stop) {
        stopped.add(draft.state(), stop.task(), stop.rebalances());
        if (draining(stop.task())) {
            drained.merge(stop.task().serviceUid(), 1, Integer::sum);
        }
    }

    /** Whether the task's host waits for its connections: where nobody can connect, there is nothing to wait for. */
    private boolean draining(Task task) {
        boolean published = task.containers().stream()
                .anyMatch(container -> !container.networkBindings().isEmpty());
        return published
                && task.status() == TaskStatus.RUNNING
                && draft.state()
                        .serviceByUid(task.serviceUid())
                        .filter(s -> s.scheduling().connectionDraining().isPositive())
                        .isPresent();
    }

    /** Finds places for all that was wanted. */
    void fill() {
        drained.forEach((uid, tasks) -> tell(uid, EventTexts.drains(tasks)));
        stopped.forEach((uid, place, ids) ->
                tell(uid, place.isEmpty() ? EventTexts.stopped(ids) : EventTexts.stoppedToRebalance(place, ids)));
        if (wanted.isEmpty()) {
            return;
        }
        Capacity capacity = draft.capacity();
        TaskNews started = new TaskNews();
        SortedMap<String, Explanation> unplaced = new TreeMap<>();
        wanted.stream()
                .sorted(Comparator.comparing(w -> w.on().isEmpty()))
                .forEach(w -> place(w, capacity, started, unplaced));
        started.forEach((uid, place, ids) ->
                tell(uid, place.isEmpty() ? EventTexts.started(ids) : EventTexts.startedToRebalance(place, ids)));
        unplaced.forEach((uid, why) -> draft.state().serviceByUid(uid).ifPresent(service -> explain(service, why)));
        wanted.stream()
                .map(Wanted::service)
                .filter(s -> !unplaced.containsKey(s.uid()))
                .forEach(draft::placed);
    }

    private void place(Wanted start, Capacity capacity, TaskNews started, SortedMap<String, Explanation> unplaced) {
        Service service = start.service();
        Deployment deployment = draft.state()
                .deployment(service.uid(), start.deployment().generation())
                .orElse(start.deployment());
        Optional<TaskDefinitionRevision> definition = draft.state().taskDefinition(deployment.taskDefinition());
        if (definition.isEmpty()) {
            // Quarantined: nothing can be started from it, and the quarantine is what tells.
            return;
        }
        PlacementRequest request = PlacementRequest.of(service, deployment, definition.get(), start.count());
        Placement placement = start.on().isEmpty()
                ? Placer.place(capacity, request, start.replaced())
                : Placer.placeOnEach(capacity, hosts(start.on()), request);
        List<Long> ordinals = ordinals(deployment, placement.instanceIds().size());
        if (!ordinals.isEmpty()) {
            // Before the tasks: when only a part is written, ordinals are lost, but none is given out twice.
            draft.put(deployment.numbered(ordinals.getLast() + 1, moment.millis()));
        }
        for (int i = 0; i < ordinals.size(); i++) {
            Task task = newTasks.ofService(
                    service,
                    deployment,
                    definition.get(),
                    deployment.taskId(ordinals.get(i)),
                    placement.instanceIds().get(i));
            started.add(draft.state(), task, start.rebalances());
        }
        placement.explanation().ifPresent(why -> unplaced.put(service.uid(), why));
    }

    private List<ContainerInstance> hosts(List<String> ids) {
        return ids.stream().flatMap(id -> draft.state().instance(id).stream()).toList();
    }

    /** The next ordinals of which no task is stored: a deployment whose record was lost counts from the beginning. */
    private List<Long> ordinals(Deployment deployment, int count) {
        List<Long> free = new ArrayList<>();
        for (long ordinal = deployment.nextOrdinal(); free.size() < count; ordinal++) {
            String id = deployment.taskId(ordinal);
            // Also of none that is stored and cannot be read.
            if (draft.state().task(id).isEmpty()
                    && draft.state().revisionOf(Keys.task(deployment.cluster(), id)) == 0) {
                free.add(ordinal);
            }
        }
        return free;
    }

    private void explain(Service service, Explanation why) {
        PlacementExplanation now = why.message(moment.millis());
        Optional<PlacementExplanation> before =
                draft.state().waiting(service.uid()).map(Waiting::explanation);
        // Waiting since the first time: only what stands in the way is news.
        PlacementExplanation next =
                before.map(b -> now.toBuilder().setSince(b.getSince()).build()).orElse(now);
        if (!before.equals(Optional.of(next))) {
            draft.put(new Waiting(service.cluster(), service.uid(), next));
        }
        if (Announcements.due(draft.state(), service, "placement", moment, settings)) {
            announce(service, EventTexts.unableToPlace(why), "placement");
        }
    }

    private void tell(String uid, String message) {
        draft.state().serviceByUid(uid).ifPresent(service -> announce(service, message, ""));
    }

    private void announce(Service service, String message, String cause) {
        EventNumbers.add(draft, new Decision.Announce(service, message, cause), moment.millis());
    }
}
