package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import java.util.List;
import java.util.Optional;

/**
 * Ends deployments: goes back to an earlier one, or has one left as it is. For users, and for the circuit breaker.
 *
 * <p>The service is always read from the store; of the state that is handed in only which deployments there were is
 * believed. Blocks: called by API threads and by effects. Keeps no state.
 */
public final class Rollouts {
    private static final List<String> STOP_TYPES = List.of("ROLLBACK", "ABORT");

    private final ServiceChanges changes;

    Rollouts(ServiceChanges changes) {
        this.changes = changes;
    }

    /**
     * Starts a deployment of what the last completed deployment before the current one ran. Its task definition may be
     * INACTIVE by now: the service has used it before.
     */
    public Written<Service> rollback(RollbackServiceRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        ServiceRules.named(request.getCluster(), request.getService(), problems);
        problems.throwIfAny();

        Written<Service> written = changes.apply(request.getCluster(), request.getService(), (before, guards) -> {
            ServiceChanges.checkActive(before, state);
            return back(before, state);
        });
        ServiceChanges.log(written, "service rolled back");
        return written;
    }

    /**
     * Ends the deployment that is in progress, by going back (the default) or by leaving its tasks and all others as they
     * are.
     */
    public Stopped stop(StopServiceDeploymentRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        ServiceRules.named(request.getCluster(), request.getService(), problems);
        if (!request.getStopType().isEmpty() && !STOP_TYPES.contains(request.getStopType())) {
            problems.invalid("stopType", request.getStopType(), String.join(", ", STOP_TYPES));
        }
        problems.throwIfAny();

        boolean abort = request.getStopType().equals("ABORT");
        Written<Service> written = changes.apply(request.getCluster(), request.getService(), (before, guards) -> {
            ServiceChanges.checkActive(before, state);
            checkInProgress(before, request.getDeployment(), state);
            return abort ? before.stopped() : back(before, state);
        });
        ServiceChanges.log(written, abort ? "deployment stopped" : "deployment stopped, service rolled back");
        Service after = written.value();
        return new Stopped(written, abort ? after.generation() : after.origin().givenUp());
    }

    /** The service, and which generation's deployment was stopped. */
    public record Stopped(Written<Service> service, long generation) {}

    /**
     * Brings back what the target ran, because the service's deployment failed; changes nothing if the service is not any more
     * what it was when that was decided, or its user wants no rollback any more.
     */
    public Written<Service> bringBack(Service failed, Deployment target) throws IntentException {
        Written<Service> written = changes.apply(
                failed.cluster(),
                failed.name(),
                (before, guards) -> before.uid().equals(failed.uid())
                                && before.generation() == failed.generation()
                                && before.deploymentConfiguration()
                                        .getDeploymentCircuitBreaker()
                                        .getRollback()
                                && !before.deleted()
                        ? before.deploying(
                                target.taskDefinition(),
                                new Origin(Origin.Kind.CIRCUIT_BREAKER, failed.generation(), target.generation()))
                        : before);
        if (written.value().generation() == failed.generation() + 1) {
            ServiceChanges.log(written, "service rolled back by the circuit breaker");
        }
        return written;
    }

    private static Service back(Service before, ClusterState state) throws IntentException {
        Optional<Deployment> target = state.deployments(before.uid()).stream()
                .filter(d -> d.generation() < before.generation() && d.rollout() == Rollout.COMPLETED)
                .reduce((earlier, later) -> later);
        if (target.isEmpty()) {
            throw IntentException.of(
                    Reason.NO_ROLLBACK_TARGET,
                    "service " + before.name() + " has no completed deployment before the current one, of "
                            + before.taskDefinition() + " (update it to the revision that you want)");
        }
        return before.deploying(
                target.get().taskDefinition(),
                new Origin(
                        Origin.Kind.ROLLBACK, before.generation(), target.get().generation()));
    }

    private static void checkInProgress(Service service, String named, ClusterState state) throws IntentException {
        String current = Deployment.id(service.uid(), service.generation());
        Optional<Deployment> stored = state.deployment(service.uid(), service.generation());
        boolean over = stored.map(d -> d.rollout() != Rollout.IN_PROGRESS).orElse(false);
        if (!named.isEmpty() && !named.equals(current)) {
            throw IntentException.of(
                    Reason.DEPLOYMENT_NOT_IN_PROGRESS,
                    "deployment " + Problems.shown(named) + " is not in progress (service " + service.name() + " has "
                            + (over ? "none that is" : current) + ")");
        }
        if (over) {
            throw IntentException.of(
                    Reason.DEPLOYMENT_NOT_IN_PROGRESS,
                    "service " + service.name() + " has no deployment in progress: " + current + " is "
                            + stored.orElseThrow().rollout() + " (roll back to leave it)");
        }
    }
}
