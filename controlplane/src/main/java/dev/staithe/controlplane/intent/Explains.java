package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.DaemonProspect;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Prospect;
import dev.staithe.controlplane.placement.Rules;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.ServiceReconciler;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ExplainServiceRequest;
import dev.staithe.proto.v1.ExplainTaskRequest;
import dev.staithe.proto.v1.PlacementDecision;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.runtime.Time;
import java.util.List;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * Says where the next task would go, and what else keeps a service from what is wanted. Asks the code that decides; starts
 * nothing.
 *
 * <p>Answers from the state that it is given, on any replica. What only the leader remembers is taken from the times that
 * hosts reported, which is good enough for people.
 */
public final class Explains {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Settings settings;
    private final Time time;

    public Explains(Settings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    /**
     * Where the service's next task would go; of a daemon, which hosts have its task, and why the others do not.
     *
     * @param obstacles what else keeps it from its desired count, with what to do
     */
    public record Explained(PlacementDecision decision, List<String> obstacles) {}

    public Explained service(ExplainServiceRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        ServiceRules.named(request.getCluster(), request.getService(), problems);
        problems.throwIfAny();

        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        Service service = state.service(cluster, request.getService())
                .orElseThrow(() -> IntentException.of(
                        IntentException.Reason.SERVICE_NOT_FOUND,
                        "Service not found: " + request.getService() + " in cluster " + cluster));
        long millis = time.now().toEpochMilli();
        Deployment deployment = state.deployment(service.uid(), service.generation())
                .orElseGet(() -> Deployment.begin(service, millis));
        TaskDefinitionRevision definition = state.taskDefinition(deployment.taskDefinition())
                .orElseThrow(() -> IntentException.of(
                        IntentException.Reason.TASK_DEFINITION_NOT_FOUND,
                        "TaskDefinition not found: " + deployment.taskDefinition() + " of service " + service.name()));
        Capacity capacity = Capacity.of(state);
        PlacementRequest next = PlacementRequest.of(service, deployment, definition, 1);
        PlacementDecision decision = service.scheduling().daemon()
                ? DaemonProspect.of(capacity, next, state.tasksOfService(service.uid()))
                        .message()
                : Prospect.of(capacity, next).message();
        return new Explained(
                decision, ServiceReconciler.obstacles(state, service, moment(state, service, millis), settings));
    }

    /** Where the next task of a request like this to RunTask would go. */
    public Prospect task(ExplainTaskRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String cluster = Clusters.named(request.getCluster());
        Names.check(problems, "cluster", cluster);
        Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        PlacementRules.checkConstraints(request.getPlacementConstraintsList(), problems);
        PlacementRules.checkStrategies(request.getPlacementStrategyList(), problems);
        problems.throwIfAny();

        checkCluster(state, cluster);
        TaskDefinitionRevision definition = Definitions.active(
                state, Names.definition(request.getTaskDefinition()).orElseThrow());
        TaskOverride overrides = OverrideRules.checked(definition.spec(), request.getOverrides());
        Rules rules = Rules.of(
                request.getPlacementConstraintsList().stream()
                        .map(PlacementRules::canonical)
                        .toList(),
                request.getPlacementStrategyList().stream()
                        .map(PlacementRules::canonical)
                        .toList());
        String group =
                request.getGroup().isEmpty() ? "family:" + definition.ref().family() : request.getGroup();
        return Prospect.of(
                Capacity.of(state),
                new PlacementRequest(
                        cluster,
                        group,
                        Demand.of(definition.spec(), overrides),
                        1,
                        rules.and(definition.spec()),
                        group));
    }

    private static void checkCluster(ClusterState state, String cluster) throws IntentException {
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
    }

    /** By wall clocks: what the leader measures for itself is not known here. */
    private Moment moment(ClusterState state, Service service, long millis) {
        HashPMap<String, Long> running = HashTreePMap.empty();
        HashPMap<String, Long> stopped = HashTreePMap.empty();
        HashPMap<String, Long> failed = HashTreePMap.empty();
        for (Task task : state.tasksOfService(service.uid())) {
            long endedAt = task.times().stoppedAt() * NANOS_PER_MILLI;
            if (task.times().startedAt() > 0) {
                running = running.plus(task.id(), task.times().startedAt() * NANOS_PER_MILLI);
            }
            if (task.stopped()) {
                stopped = stopped.plus(task.id(), endedAt);
                if (ServiceReconciler.failedToComeUp(task, settings)) {
                    String deployment = Deployment.id(service.uid(), task.generation());
                    failed = failed.plus(deployment, Math.max(endedAt, failed.getOrDefault(deployment, 0L)));
                }
            }
        }
        return new Moment(millis * NANOS_PER_MILLI, millis, running, stopped, failed, HashTreePMap.empty(), 0);
    }
}
