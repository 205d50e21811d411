package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.ServiceStatus;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.reconcile.EventTexts;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Services as users see them: the intent, with what became of it. Only shows; decides nothing. */
final class ServiceMessages {
    private static final int MOST_EVENTS = 100;

    private final Time time;
    private final Duration healthyAfter;

    ServiceMessages(Time time, Duration healthyAfter) {
        this.time = time;
        this.healthyAfter = healthyAfter;
    }

    /** The service with its deployments, events and what it waits for. */
    dev.staithe.proto.v1.Service full(ClusterState state, Service service) {
        dev.staithe.proto.v1.Service.Builder message = brief(state, service).toBuilder();
        List<dev.staithe.controlplane.model.ServiceEvent> events =
                new ArrayList<>(state.events(service.uid())).reversed();
        events.stream().limit(MOST_EVENTS).forEach(e -> message.addEvents(event(e)));
        return message.build();
    }

    /** The service without its events. */
    dev.staithe.proto.v1.Service brief(ClusterState state, Service service) {
        List<Task> live =
                state.tasksOfService(service.uid()).stream().filter(Task::live).toList();
        dev.staithe.proto.v1.Service.Builder message = dev.staithe.proto.v1.Service.newBuilder()
                .setServiceName(service.name())
                .setCluster(service.cluster())
                .setStatus(ServiceStatus.of(state, service).name())
                .setTaskDefinition(service.taskDefinition().toString())
                .setDesiredCount(desired(state, service))
                .setRunningCount(count(live, TaskStatus.RUNNING))
                .setPendingCount(count(live, TaskStatus.PENDING))
                .setDeploymentConfiguration(service.deploymentConfiguration())
                .setSchedulingStrategy(service.scheduling().kind().name())
                .addAllPlacementConstraints(service.scheduling().constraints())
                .addAllPlacementStrategy(service.scheduling().strategies())
                .setHealthCheckGracePeriodSeconds(
                        (int) service.scheduling().gracePeriod().toSeconds())
                .setAvailabilityZoneRebalancing(
                        service.scheduling().rebalancing().name())
                .setPropagateTags(service.scheduling().propagateTags().name())
                .setEnableExecuteCommand(service.scheduling().executeCommand())
                .setConnectionDrainingSeconds(
                        (int) service.scheduling().connectionDraining().toSeconds())
                .setLaunchType("EC2")
                .setCreatedAt(Requests.timestamp(service.createdAtMillis()))
                .addAllTags(service.tags());
        deployments(state, service).forEach(d -> message.addDeployments(deployment(state, service, d)));
        if (!service.deleted()) {
            state.waiting(service.uid()).ifPresent(w -> message.setPlacement(w.explanation()));
        }
        return message.build();
    }

    static ServiceEvent event(dev.staithe.controlplane.model.ServiceEvent event) {
        return ServiceEvent.newBuilder()
                .setId(event.id())
                .setCreatedAt(Requests.timestamp(event.createdAtMillis()))
                .setMessage(event.message())
                .build();
    }

    /** The newest first: the current one, also before the leader has seen it, and older ones that still have tasks. */
    private static List<Deployment> deployments(ClusterState state, Service service) {
        List<Deployment> shown = new ArrayList<>();
        Optional<Deployment> primary = state.deployment(service.uid(), service.generation());
        if (primary.isPresent() || !service.deleted()) {
            shown.add(primary.orElseGet(() -> Deployment.begin(service, 0)));
        }
        for (Deployment deployment : new ArrayList<>(state.deployments(service.uid())).reversed()) {
            boolean older = deployment.generation() != service.generation();
            if (older && tasks(state, deployment).stream().anyMatch(t -> !t.stopped())) {
                shown.add(deployment);
            }
        }
        return shown;
    }

    private dev.staithe.proto.v1.Deployment deployment(ClusterState state, Service service, Deployment deployment) {
        boolean primary = deployment.generation() == service.generation();
        List<Task> live = tasks(state, deployment).stream().filter(Task::live).toList();
        long settledAt = settledAt(state, deployment);
        dev.staithe.proto.v1.Deployment.Builder message = dev.staithe.proto.v1.Deployment.newBuilder()
                .setId(deployment.id())
                .setStatus(primary ? "PRIMARY" : "ACTIVE")
                .setTaskDefinition(deployment.taskDefinition().toString())
                .setDesiredCount(primary ? desired(state, service) : deployment.desiredCount())
                .setPendingCount(count(live, TaskStatus.PENDING))
                .setRunningCount(count(live, TaskStatus.RUNNING))
                .setFailedTasks(deployment.failedTasks())
                .setRolloutState(rollout(deployment))
                .setRolloutStateReason(deployment.rolloutReason())
                .setHealthyCount(
                        (int) live.stream().filter(t -> healthy(t, settledAt)).count());
        if (deployment.outcome().rollbackTo() > 0) {
            message.setRollbackTo(
                    Deployment.id(service.uid(), deployment.outcome().rollbackTo()));
        }
        if (deployment.createdAtMillis() > 0) {
            message.setCreatedAt(Requests.timestamp(deployment.createdAtMillis()))
                    .setUpdatedAt(Requests.timestamp(deployment.updatedAtMillis()));
        }
        return message.build();
    }

    /** Of a DAEMON, as many as the leader found hosts that match; 0 until it has looked. */
    private static int desired(ClusterState state, Service service) {
        return service.scheduling().daemon() && !service.deleted()
                ? state.deployment(service.uid(), service.generation())
                        .map(Deployment::desiredCount)
                        .orElse(0)
                : service.desired();
    }

    /** ECS knows three states: a deployment that a user stopped did not do what it was meant to. */
    private static String rollout(Deployment deployment) {
        return switch (deployment.rollout()) {
            case IN_PROGRESS -> "IN_PROGRESS";
            case COMPLETED -> "COMPLETED";
            case FAILED, STOPPED -> "FAILED";
        };
    }

    /**
     * When the leader last found all tasks of the deployment healthy, by its wall clock: as it completed, or when it called
     * the service steady and nothing happened since. 0 = never.
     */
    private static long settledAt(ClusterState state, Deployment deployment) {
        if (deployment.rollout() != Deployment.Rollout.COMPLETED) {
            return 0;
        }
        long steady = state.newestEvent(deployment.serviceUid())
                .filter(e -> e.message().endsWith(EventTexts.steady()))
                .map(dev.staithe.controlplane.model.ServiceEvent::createdAtMillis)
                .orElse(0L);
        return Math.max(deployment.outcome().finishedAtMillis(), steady);
    }

    /** Younger tasks by the wall clock, for people: the leader measures for itself. */
    private boolean healthy(Task task, long settledAt) {
        if (task.status() != TaskStatus.RUNNING || task.checked() || task.health() == Health.UNHEALTHY) {
            return task.status() == TaskStatus.RUNNING && task.health() == Health.HEALTHY;
        }
        return task.times().createdAt() <= settledAt
                || time.now().toEpochMilli() - task.times().startedAt() >= healthyAfter.toMillis();
    }

    private static List<Task> tasks(ClusterState state, Deployment deployment) {
        return state.tasksOfService(deployment.serviceUid()).stream()
                .filter(t -> t.generation() == deployment.generation())
                .toList();
    }

    private static int count(List<Task> tasks, TaskStatus status) {
        return (int) tasks.stream().filter(t -> t.status() == status).count();
    }
}
