package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Compares one service with its deployments and tasks, and says what to do now. It looks at the state and forgets it: a
 * plan that was applied in part, or not at all, is simply made again.
 *
 * <p>The rules are in {@link DeploymentPlanner} (how many tasks, which ones), {@link DaemonPlanner} (which hosts), {@link
 * RestartThrottle} (not too often) and {@link StopOrder}; {@link DeploymentRecords} keeps the deployments. This class tells
 * the user. Where tasks go is not its business.
 */
public final class ServiceReconciler {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);
    private static final String IMPAIRED = "impaired";
    private static final String BOUNDS = "bounds";
    private static final String PROTECTED = "protected";
    private static final String STEADY = "steady";
    private static final String HEALTH = "health";
    private static final String MISPLACED = "misplaced";

    private final ClusterState state;
    private final Service service;
    private final Facts facts;
    private final Optional<DaemonHosts> hosts;
    private final List<Decision> records = new ArrayList<>();
    private final List<Decision> actions = new ArrayList<>();
    private final List<Decision> messages = new ArrayList<>();
    private OptionalLong wakeAt = OptionalLong.empty();

    private ServiceReconciler(ClusterState state, Service service, Facts facts) {
        this.state = state;
        this.facts = facts;
        boolean daemon = service.scheduling().daemon() && !service.deleted();
        this.hosts = daemon ? Optional.of(DaemonHosts.of(state, service)) : Optional.empty();
        this.service = hosts.map(h -> service.counting(h.wanted().size())).orElse(service);
    }

    /**
     * What to do for the service at this moment.
     *
     * <p>A {@link Decision.Start} carries the deployment as it is after every {@link Decision.Deploy} of the same plan:
     * whoever writes it with its ordinals moved on has written both.
     */
    public static Plan plan(ClusterState state, Service service, Moment moment, Settings settings) {
        ServiceReconciler reconciler = new ServiceReconciler(state, service, new Facts(state, moment, settings));
        if (service.deleted()) {
            reconciler.delete();
        } else {
            reconciler.keep();
        }
        return reconciler.plan();
    }

    /** What keeps the service from what is wanted, beside places for its tasks, and what to do about it; for people. */
    public static List<String> obstacles(ClusterState state, Service service, Moment moment, Settings settings) {
        Facts facts = new Facts(state, moment, settings);
        ServiceReconciler reconciler = new ServiceReconciler(state, service, facts);
        Census census = new DeploymentRecords(reconciler.service, facts).census();
        DeploymentPlanner.Moves moves = reconciler
                .hosts
                .map(h -> DaemonPlanner.plan(census, h, facts).moves())
                .orElseGet(() -> DeploymentPlanner.plan(census, 0, facts));
        return Obstacles.of(census, moves, moment);
    }

    /**
     * Whether a task that stopped counts as failed: it did so by its own fault before it was healthy. When the last one of
     * a deployment was seen is what {@link Moment#failedAt} says.
     */
    public static boolean failedToComeUp(Task task, Settings settings) {
        return RestartThrottle.failedToComeUp(task, settings);
    }

    /**
     * Stops the tasks of a service that is not there any more: they were started by a leader that did not know yet. Once they
     * are over, the deployments go too.
     */
    public static Plan planOrphans(ClusterState state, String serviceUid) {
        List<Task> left = state.tasksOfService(serviceUid).stream()
                .filter(t -> !t.stopped())
                .toList();
        List<Decision> decisions = new ArrayList<>();
        left.stream()
                .filter(t -> !t.stopWanted())
                .forEach(t -> decisions.add(new Decision.Stop(
                        t, StopCodes.SCHEDULER, EventTexts.scaling(Deployment.id(serviceUid, t.generation())))));
        if (left.isEmpty()) {
            state.deployments(serviceUid).forEach(d -> decisions.add(new Decision.Drop(d)));
        }
        return new Plan(decisions, OptionalLong.empty());
    }

    private Plan plan() {
        List<Decision> all = new ArrayList<>(records);
        all.addAll(actions);
        all.addAll(messages);
        return new Plan(all, wakeAt);
    }

    private void delete() {
        List<Task> left = state.tasksOfService(service.uid()).stream()
                .filter(t -> !t.stopped())
                .toList();
        String reason = EventTexts.scaling(Deployment.id(service.uid(), service.generation()));
        left.stream()
                .filter(t -> !t.stopWanted())
                .forEach(t -> actions.add(new Decision.Stop(t, StopCodes.SCHEDULER, reason)));
        if (left.isEmpty()) {
            state.deployments(service.uid()).forEach(d -> records.add(new Decision.Drop(d)));
        }
        clearExplanation();
    }

    private void keep() {
        DeploymentRecords deployments = new DeploymentRecords(service, facts);
        Census census = deployments.census();
        records.addAll(deployments.decisions());
        messages.addAll(deployments.messages());
        if (hosts.isEmpty()) {
            List<Decision> stay = Rebalancer.giveUp(census, waiting(), facts);
            if (!stay.isEmpty()) {
                // Everything else is planned again when it is written that they stay.
                actions.addAll(stay);
                return;
            }
        }
        DeploymentPlanner.Moves moves =
                hosts.map(h -> daemon(census, h)).orElseGet(() -> DeploymentPlanner.plan(census, waiting(), facts));
        actions.addAll(moves.decisions());
        wakeAt = Plan.earlier(moves.wakeAtNanos(), census.changesAtNanos());
        deployments.rollback().ifPresent(this::goBack);
        if (moves.decisions().stream().noneMatch(d -> d instanceof Decision.Start || d instanceof Decision.StartOn)) {
            clearExplanation();
        }
        tell(census, moves);
    }

    /** Asked for again after a while, for as long as it is not done. */
    private void goBack(Decision.RollBack rollback) {
        records.add(rollback);
        wakeAt = Plan.earlier(wakeAt, OptionalLong.of(facts.moment().nanos() + ASK_AGAIN.toNanos()));
    }

    /** How many tasks found no place the last time. */
    private int waiting() {
        return state.waiting(service.uid())
                .map(w -> w.explanation().getWaitingCount())
                .orElse(0);
    }

    private DeploymentPlanner.Moves daemon(Census census, DaemonHosts where) {
        DaemonPlanner.Moves moves = DaemonPlanner.plan(census, where, facts);
        if (!moves.misplaced().isEmpty()) {
            announce(EventTexts.misplaced(moves.misplaced()), MISPLACED);
        }
        return moves.moves();
    }

    private void clearExplanation() {
        if (state.waiting(service.uid()).isPresent()) {
            actions.add(new Decision.Placed(service));
        }
    }

    private void tell(Census census, DeploymentPlanner.Moves moves) {
        for (Decision decision : moves.decisions()) {
            if (decision instanceof Decision.Stop stop && stop.reason().equals(StopCodes.FAILED_HEALTH_CHECKS)) {
                announce(EventTexts.failedHealthChecks(stop.task().id()), HEALTH);
            }
        }
        if (moves.throttled()) {
            announceOnce(EventTexts.impaired(), IMPAIRED);
        }
        if (moves.stuck()) {
            announceOnce(EventTexts.stuckBetweenBounds(), BOUNDS);
        }
        moves.shielded().ifPresent(d -> announceOnce(EventTexts.protectedFromScaleIn(d.id()), PROTECTED));
        if (census.steady()) {
            Rebalancer.Proposal proposal = Rebalancer.propose(census, facts);
            messages.addAll(proposal.decisions());
            wakeAt = Plan.earlier(wakeAt, proposal.wakeAtNanos());
            if (!proposal.moving()) {
                tellSteady();
            }
        }
    }

    /** Once it is, and again after an interval in which nothing else was told. */
    private void tellSteady() {
        Optional<ServiceEvent> newest = state.newestEvent(service.uid())
                .filter(e -> e.message().endsWith(EventTexts.steady()))
                .filter(e -> messages.isEmpty());
        long interval = facts.settings().steadyStateInterval().toMillis();
        long left = newest.map(
                        e -> e.createdAtMillis() + interval - facts.moment().millis())
                .orElse(0L);
        if (left <= 0) {
            announce(EventTexts.steady(), STEADY);
            left = interval;
        }
        wakeAt = Plan.earlier(wakeAt, OptionalLong.of(facts.moment().nanos() + left * 1_000_000));
    }

    private void announceOnce(String message, String cause) {
        if (Announcements.due(state, service, cause, facts.moment(), facts.settings())) {
            announce(message, cause);
        }
    }

    private void announce(String message, String cause) {
        messages.add(new Decision.Announce(service, message, cause));
    }
}
