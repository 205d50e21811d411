package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.observe.Registration;
import dev.staithe.controlplane.observe.StatusMerge;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.reconcile.Decision;
import dev.staithe.controlplane.reconcile.HostReconciler;
import dev.staithe.controlplane.reconcile.MassLoss;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Plan;
import dev.staithe.controlplane.reconcile.ServiceReconciler;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.reconcile.TaskReaper;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.proto.agent.v1.Hello;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One turn of the loop, on one draft. Touches nothing: what it wants done is in the {@link Result}.
 *
 * <p>A turn is either about facts or about services. Services are planned on committed facts only: what their planners
 * count, they count by the revisions at which it was stored.
 */
final class Pass {
    private final Moment moment;
    private final Settings settings;
    private final Draft draft;
    private final Places places;
    private final Orders orders;
    private final SortedSet<String> instances = new TreeSet<>();
    private final SortedMap<String, OptionalLong> deadlines = new TreeMap<>();
    private final SortedMap<String, SortedSet<String>> strangers = new TreeMap<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<Decision.RollBack> rollbacks = new ArrayList<>();

    private Pass(ClusterState state, Capacity capacity, Moment moment, Settings settings) {
        this.moment = moment;
        this.settings = settings;
        this.draft = new Draft(state, capacity);
        this.places = new Places(draft, moment, settings);
        this.orders = new Orders(draft, moment);
    }

    /** What to say to whoever gave a command, once the draft is written. */
    interface Answer {
        void written(long revision);
    }

    /**
     * @param deadlines when to plan each key again, "service/" or "instance/" and the id; empty = not by time
     * @param rollbacks what is to be asked of those who write what users want
     * @param strangers tasks that were reported by an instance and are over, or were never heard of
     */
    record Result(
            Draft draft,
            SortedMap<String, OptionalLong> deadlines,
            SortedMap<String, SortedSet<String>> strangers,
            List<Answer> answers,
            List<Decision.RollBack> rollbacks) {}

    /** Takes in what hosts say, does what commands ask, looks after the instances, and forgets old client tokens. */
    static Result facts(
            ClusterState state,
            Capacity capacity,
            Inputs.Taken inputs,
            Moment moment,
            Settings settings,
            Collection<String> instances,
            Collection<String> oldTokens) {
        Pass pass = new Pass(state, capacity, moment, settings);
        pass.instances.addAll(instances);
        inputs.hellos().values().forEach(pass::register);
        inputs.heard().forEach(pass::heard);
        inputs.reports().values().forEach(pass::merge);
        pass.brake();
        pass.instances.forEach(pass::planInstance);
        oldTokens.forEach(seed -> state.usedToken(seed).ifPresent(pass.draft::forget));
        // Last: nothing is placed on a host that this pass finds out to be gone.
        inputs.commands().forEach(pass::obey);
        return pass.result();
    }

    /** Plans the services, on facts that are committed, and finds places for their new tasks. */
    static Result services(
            ClusterState state, Capacity capacity, Moment moment, Settings settings, Collection<String> services) {
        Pass pass = new Pass(state, capacity, moment, settings);
        services.forEach(pass::planService);
        pass.places.fill();
        return pass.result();
    }

    private Result result() {
        return new Result(draft, deadlines, strangers, List.copyOf(answers), List.copyOf(rollbacks));
    }

    private void register(Hello hello) {
        Optional<ContainerInstance> known = draft.state().instance(hello.getInstanceId());
        Registration.of(hello, known, moment.millis()).ifPresent(draft::put);
        instances.add(hello.getInstanceId());
    }

    private void heard(String instanceId, boolean engineHealthy) {
        draft.state().instance(instanceId).ifPresent(instance -> {
            if (!instance.agentConnected() || instance.engineHealthy() != engineHealthy) {
                draft.put(instance.connected(true, engineHealthy));
            }
            instances.add(instanceId);
        });
    }

    private void merge(Inputs.Reported reported) {
        String id = reported.report().getTaskId();
        Optional<Task> task = draft.state().task(id).filter(t -> t.instanceId().equals(reported.instanceId()));
        if (task.isEmpty() || task.get().stopped()) {
            strangers
                    .computeIfAbsent(reported.instanceId(), i -> new TreeSet<>())
                    .add(id);
            return;
        }
        draft.state()
                .taskDefinition(task.get().taskDefinition())
                .flatMap(d -> StatusMerge.merge(task.get(), reported.report(), d.spec()))
                .ifPresent(next -> {
                    draft.put(next);
                    instances.add(next.instanceId());
                });
    }

    private void obey(Inputs.Command command) {
        if (!command.over()) {
            draft.nextUnit();
            answers.add(orders.obey(command));
        }
    }

    /** Before any task is given up: whether too many would be at once. */
    private void brake() {
        SortedSet<String> clusters = new TreeSet<>();
        for (String id : instances) {
            draft.state()
                    .instance(id)
                    .filter(i -> !clusters.contains(i.cluster()))
                    .filter(i -> MassLoss.concerns(draft.state(), i, moment, settings))
                    .ifPresent(i -> clusters.add(i.cluster()));
        }
        for (String cluster : clusters) {
            draft.state()
                    .cluster(cluster)
                    .ifPresent(c ->
                            MassLoss.plan(draft.state(), c, moment, settings).forEach(this::apply));
        }
    }

    private void planInstance(String id) {
        Optional<ContainerInstance> instance = draft.state().instance(id);
        if (instance.isEmpty()) {
            deadlines.put("instance/" + id, OptionalLong.empty());
            return;
        }
        List<Task> standalone = draft.state().tasksOfInstance(id).stream()
                .filter(Task::standalone)
                .toList();
        Plan plan = HostReconciler.plan(draft.state(), instance.get(), moment, settings)
                .and(TaskReaper.plan(standalone, moment, settings));
        deadlines.put("instance/" + id, plan.wakeAtNanos());
        plan.decisions().forEach(this::apply);
    }

    private void planService(String uid) {
        Optional<Service> service = draft.state().serviceByUid(uid);
        // Tasks of a service whose name was given to a new one still age, and one that was started just then still
        // stops.
        Plan plan = TaskReaper.plan(draft.state().tasksOfService(uid), moment, settings);
        if (service.isPresent()) {
            plan = ServiceReconciler.plan(draft.state(), service.get(), moment, settings)
                    .and(plan);
        } else {
            plan = ServiceReconciler.planOrphans(draft.state(), uid).and(plan);
            forgetEvents(uid);
        }
        deadlines.put("service/" + uid, plan.wakeAtNanos());
        plan.decisions().forEach(this::apply);
    }

    /** Nobody can ask for them any more. */
    private void forgetEvents(String uid) {
        draft.state().events(uid).forEach(e -> draft.delete(Keys.event(e.cluster(), uid, e.number())));
        draft.state().waiting(uid).ifPresent(w -> draft.delete(Keys.explanation(w.cluster(), uid)));
    }

    private void apply(Decision decision) {
        switch (decision) {
            case Decision.Deploy deploy -> draft.put(deploy.deployment());
            case Decision.RollBack rollback -> rollbacks.add(rollback);
            case Decision.Drop drop -> draft.drop(drop.deployment());
            case Decision.Start start -> places.want(start);
            case Decision.StartOn start -> places.want(start);
            case Decision.Placed placed -> draft.placed(placed.service());
            case Decision.Stop stop -> {
                draft.put(stop.task().stopping(stop.stopCode(), stop.reason(), moment.millis()));
                places.stopped(stop);
            }
            case Decision.Move move ->
                draft.put(move.task().marked(move.task().marks().moving(move.wanted())));
            case Decision.Lose lose -> draft.put(lose.task().lost(lose.stopCode(), lose.reason(), moment.millis()));
            case Decision.Forget forget -> draft.forget(forget.task());
            case Decision.PutBrake put -> draft.put(put.brake());
            case Decision.DropBrake drop -> draft.drop(drop.brake());
            case Decision.Update update -> draft.put(update.instance());
            case Decision.Announce announce -> EventNumbers.add(draft, announce, moment.millis());
        }
    }
}
