package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The records of a service's deployments as they are to be: begins the one of the service's generation, counts what failed
 * of those that have tasks, and says when the current one has come to its end. Made for one plan, by the {@link
 * ServiceReconciler}.
 *
 * <p>A deployment that is over leaves its record, the newest {@link #KEPT} of a service. Those records are looked at only to
 * find the last that came up; what a plan costs does not grow with them.
 */
final class DeploymentRecords {
    /** Deployments of a service that are remembered. */
    static final int KEPT = 20;

    private static final String COMPLETED = "completed";
    private static final String FAILED = "failed";
    private static final String STOPPED = "stopped";
    private static final String ROLLBACK = "rollback";

    private final ClusterState state;
    private final Service service;
    private final Facts facts;
    private final List<Task> tasks;
    private final SortedSet<Long> inUse = new TreeSet<>();
    private final Optional<Deployment> lastCompleted;
    private final List<Decision> decisions = new ArrayList<>();
    private final List<Decision> messages = new ArrayList<>();

    DeploymentRecords(Service service, Facts facts) {
        this.state = facts.state();
        this.service = service;
        this.facts = facts;
        tasks = state.tasksOfService(service.uid());
        tasks.stream().filter(t -> !t.stopped()).forEach(t -> inUse.add(t.generation()));
        lastCompleted =
                older().stream().filter(d -> d.rollout() == Rollout.COMPLETED).reduce((earlier, later) -> later);
    }

    /** What to write, and to drop; complete once the {@link #census} was asked for. */
    List<Decision> decisions() {
        return decisions;
    }

    /** What to tell about it. */
    List<Decision> messages() {
        return messages;
    }

    /** The service as it is once these records are written. */
    Census census() {
        long now = facts.moment().millis();
        Optional<Deployment> stored = state.deployment(service.uid(), service.generation());
        Deployment primary = stored.orElseGet(() -> begin(now));
        List<Deployment> older = older().stream()
                .filter(d -> inUse.contains(d.generation())
                        || lastCompleted.filter(d::equals).isPresent())
                .toList();
        Census census = Census.of(service, primary, older, tasks, facts);

        Deployment next = ImagePins.settled(state, counted(census, primary), tasks, facts);
        if (next.desiredCount() != service.desired()) {
            next = next.scaled(service.desired(), now);
        }
        if (next.rollout() == Rollout.IN_PROGRESS) {
            next = judged(census, next);
        }
        if (stored.isEmpty() || !next.equals(primary)) {
            decisions.add(new Decision.Deploy(next));
        }
        List<Deployment> olderNext = new ArrayList<>();
        for (Deployment deployment : older) {
            // Its lost tasks are replaced while it is in use: what they run has to be settled, too.
            Deployment current = inUse.contains(deployment.generation())
                    ? ImagePins.settled(state, counted(census, deployment), tasks, facts)
                    : deployment;
            if (!current.equals(deployment)) {
                decisions.add(new Decision.Deploy(current));
            }
            olderNext.add(current);
        }
        dropOldest();
        return census.with(next, olderNext);
    }

    /**
     * What the circuit breaker wants undone, as long as nobody has: the intent is not the leader's to write, so it is asked
     * for again and again. Only once the failure is stored: then every later leader asks, too.
     */
    Optional<Decision.RollBack> rollback() {
        return state.deployment(service.uid(), service.generation())
                .filter(d -> d.rollout() == Rollout.FAILED && d.outcome().rollbackTo() != 0)
                .flatMap(d -> state.deployment(service.uid(), d.outcome().rollbackTo()))
                .map(target -> new Decision.RollBack(service, target));
    }

    private List<Deployment> older() {
        return state.deployments(service.uid()).stream()
                .filter(d -> d.generation() < service.generation())
                .toList();
    }

    private Deployment begin(long now) {
        if (service.origin().rollback()) {
            announce(
                    EventTexts.rollingBack(
                            Deployment.id(service.uid(), service.origin().broughtBack())),
                    ROLLBACK);
        }
        return Deployment.begin(service, now);
    }

    /** With what failed of it; both counts in one record, so that no task is counted by one and not by the other. */
    private Deployment counted(Census census, Deployment deployment) {
        Deployment.Failures failures =
                CircuitBreaker.counted(state, deployment, census.live(), census.stopped(), facts.settings());
        Deployment next = failures.equals(deployment.failures())
                ? deployment
                : deployment.counted(failures, facts.moment().millis());
        return RestartThrottle.counted(state, next, census.live(), census.stopped(), facts);
    }

    /** The deployment, which is in progress, or the end that it has come to. */
    private Deployment judged(Census census, Deployment deployment) {
        long now = facts.moment().millis();
        if (service.stoppedGeneration() == deployment.generation()) {
            announce(EventTexts.deploymentStopped(deployment.id()), STOPPED);
            return deployment.ended(
                    Rollout.STOPPED, "ECS deployment " + deployment.id() + " was stopped by a user.", 0, now);
        }
        if (census.complete()) {
            announce(EventTexts.deploymentCompleted(deployment.id()), COMPLETED);
            return deployment.completed(now);
        }
        if (CircuitBreaker.trips(service, deployment, census.live())) {
            announce(EventTexts.deploymentFailed(deployment.id()), FAILED);
            long target = CircuitBreaker.rollsBack(service)
                    ? lastCompleted.map(Deployment::generation).orElse(0L)
                    : 0;
            return deployment.ended(
                    Rollout.FAILED, "ECS deployment circuit breaker: tasks failed to start.", target, now);
        }
        return deployment;
    }

    private void dropOldest() {
        List<Deployment> all = older();
        int surplus = all.size() + 1 - KEPT;
        for (Deployment deployment : all) {
            boolean needed = inUse.contains(deployment.generation())
                    || lastCompleted.filter(deployment::equals).isPresent();
            if (surplus > 0 && !needed) {
                decisions.add(new Decision.Drop(deployment));
                surplus--;
            }
        }
    }

    private void announce(String message, String cause) {
        messages.add(new Decision.Announce(service, message, cause));
    }
}
