package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.Rehearsals.Action;
import dev.staithe.controlplane.intent.Rehearsals.Fate;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.reconcile.EventTexts;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A control loop on one cluster, without a store, agents or a clock of its own: whoever owns it says when the hosts have
 * obeyed and time has passed.
 */
final class Stage {
    /** Later than this nothing is waited for: the longest throttle, and no steady-state message. */
    private static final Duration HORIZON = Duration.ofMinutes(30);

    /** Turns in one step: a plan that feeds itself is a bug, and must not hang a call. */
    private static final int MOST_TURNS = 1000;

    private final Scenery scenery;
    private final String cluster;
    private final Settings settings;
    private final long beganNanos;
    private final long beganMillis;
    private final Sightings sightings;
    private final DirtyKeys dirty = new DirtyKeys();
    private final SortedMap<String, Long> due = new TreeMap<>();
    private final List<Action> actions = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final ClusterState begin;
    private ClusterState state;
    private long nanos;

    Stage(Scenery scenery, String cluster, Settings settings, long millis) {
        this.scenery = scenery;
        this.cluster = cluster;
        this.settings = settings;
        begin = scenery.state();
        state = begin;
        sightings = new Sightings(settings);
        sightings.begin(state, 0);
        // What is silent has been so for too long, and what runs has run for long enough.
        beganNanos = settings.lostAfter().plus(settings.healthyAfter()).toNanos();
        beganMillis = millis;
        nanos = beganNanos;
        hear();
        dirty.all(state);
    }

    ClusterState state() {
        return state;
    }

    List<Action> actions() {
        return actions;
    }

    /** What the scheduler said that is more than the actions tell. */
    Set<String> notes() {
        return notes;
    }

    /** Decides all that can be decided now, and lets the hosts obey. Whether there is more to decide then. */
    boolean play(int step) {
        for (int turn = 0; turn < MOST_TURNS && !dirty.isEmpty(); turn++) {
            turn(step);
        }
        return obey() || await();
    }

    private void turn(int step) {
        Moment facts = moment();
        List<String> instances = dirty.takeInstances(Integer.MAX_VALUE).stream()
                .filter(id -> state.instance(id)
                        .filter(i -> i.cluster().equals(cluster))
                        .isPresent())
                .toList();
        dirty.takeTokens(Integer.MAX_VALUE);
        apply(Pass.facts(state, Capacity.of(state), Inputs.NOTHING, facts, settings, instances, List.of()), step);
        List<String> services = dirty.takeServices(Integer.MAX_VALUE, state).stream()
                .filter(uid -> state.serviceByUid(uid)
                        .filter(s -> s.cluster().equals(cluster))
                        .isPresent())
                .toList();
        apply(Pass.services(state, Capacity.of(state), moment(), settings, services), step);
    }

    private void apply(Pass.Result result, int step) {
        result.deadlines().forEach((key, at) -> {
            if (key.startsWith("service/")) {
                String uid = key.substring("service/".length());
                at.ifPresentOrElse(nanosThen -> due.put(uid, nanosThen), () -> due.remove(uid));
            }
        });
        ClusterState before = state;
        Batch batch = result.draft().asBatch(state.revision() + 1);
        become(batch);
        batch.events().forEach(event -> note(event.key(), before, step));
    }

    private void become(Batch batch) {
        if (!batch.events().isEmpty()) {
            ClusterState before = state;
            state = before.with(batch);
            sightings.changed(before, state, batch, nanos);
            dirty.mark(before, state, batch);
        }
    }

    private void note(String key, ClusterState before, int step) {
        if (key.startsWith(Keys.RUN + "task/")) {
            String id = key.substring(key.lastIndexOf('/') + 1);
            Optional<Task> was = before.task(id);
            state.task(id).ifPresent(is -> {
                if (was.isEmpty()) {
                    act(step, true, is, is.startedBy());
                } else if (!was.get().stopWanted() && is.stopWanted()) {
                    act(step, false, is, is.stoppedReason());
                }
            });
        } else if (key.startsWith(Keys.RUN + "event/")) {
            Keys.numbered(key)
                    .flatMap(numbered -> state.events(numbered.uid()).stream()
                            .filter(e -> e.number() == numbered.number())
                            .findFirst())
                    .map(ServiceEvent::message)
                    .filter(EventTexts::isObstacle)
                    .ifPresent(notes::add);
        }
    }

    private void act(int step, boolean starts, Task task, String reason) {
        state.instance(task.instanceId())
                .ifPresent(host -> actions.add(new Action(
                        step,
                        starts,
                        task.id(),
                        begin.task(task.id()).isPresent(),
                        task.standalone() ? "" : task.group().substring("service:".length()),
                        task.taskDefinition(),
                        host,
                        reason)));
    }

    /** Whether the hosts had something to obey. What has come up is healthy then. */
    private boolean obey() {
        long revision = state.revision() + 1;
        List<StoreEvent> said = new ArrayList<>();
        for (ContainerInstance host : state.instances()) {
            if (host.cluster().equals(cluster) && heard(host)) {
                for (Task task : state.tasksOfInstance(host.id())) {
                    ObedientHosts.next(task, state, millis())
                            .ifPresent(next -> said.add(new StoreEvent.Put(new Entry(
                                    Keys.task(cluster, next.id()), Records.bytes(next), revision, revision))));
                }
            }
        }
        become(new Batch(revision, said));
        nanos += said.isEmpty() ? 0 : settings.healthyAfter().toNanos();
        hear();
        return !said.isEmpty();
    }

    /** Whether a service is to be looked at again within the horizon; it is that time then. */
    private boolean await() {
        Optional<String> next = due.keySet().stream()
                .filter(uid -> due.getOrDefault(uid, Long.MAX_VALUE) <= beganNanos + HORIZON.toNanos())
                .min(Comparator.comparing(uid -> due.getOrDefault(uid, Long.MAX_VALUE)));
        next.ifPresent(uid -> {
            nanos = Math.max(nanos, due.getOrDefault(uid, nanos));
            due.remove(uid);
            hear();
            dirty.service(uid);
        });
        return next.isPresent();
    }

    private boolean heard(ContainerInstance host) {
        boolean connected =
                begin.instance(host.id()).map(ContainerInstance::agentConnected).orElse(false);
        return connected && scenery.fate(host) != Fate.LOST;
    }

    private void hear() {
        state.instances().stream().filter(this::heard).forEach(host -> sightings.heard(host.id(), nanos));
    }

    private Moment moment() {
        return sightings.moment(nanos, millis());
    }

    private long millis() {
        return beganMillis + (nanos - beganNanos) / 1_000_000;
    }
}
