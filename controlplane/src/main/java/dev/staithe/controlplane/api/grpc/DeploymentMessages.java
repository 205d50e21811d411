package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.reconcile.CircuitBreaker;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ServiceDeployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deployments of a service, from their beginning to their end. What a record does not say itself, what came after it
 * says: that a newer deployment took its place, or how its rollback went. Only shows; decides nothing.
 */
final class DeploymentMessages {
    /** What a deployment's status may be. */
    static final String[] STATUS = {
        "PENDING",
        "IN_PROGRESS",
        "SUCCESSFUL",
        "STOPPED",
        "STOP_REQUESTED",
        "ROLLBACK_REQUESTED",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_SUCCESSFUL",
        "ROLLBACK_FAILED"
    };

    private final ClusterState state;
    private final Service service;
    private final List<Task> live;

    DeploymentMessages(ClusterState state, Service service) {
        this.state = state;
        this.service = service;
        live = state.tasksOfService(service.uid()).stream().filter(Task::live).toList();
    }

    /** A deployment, with what orders it among the others. */
    record Numbered(long generation, ServiceDeployment message) {
        String key() {
            return String.format("%019d", generation);
        }
    }

    /** All that are remembered, the newest first; the current one also before the leader has seen it. */
    List<Numbered> all() {
        List<Numbered> all = new ArrayList<>();
        if (state.deployment(service.uid(), service.generation()).isEmpty()) {
            all.add(new Numbered(service.generation(), of(Deployment.begin(service, 0))));
        }
        for (Deployment deployment : new ArrayList<>(state.deployments(service.uid())).reversed()) {
            all.add(new Numbered(deployment.generation(), of(deployment)));
        }
        return all;
    }

    /** The one of that generation. One that was given up before the leader had seen it has left nothing but its number. */
    ServiceDeployment of(long generation) {
        return state.deployment(service.uid(), generation)
                .or(() -> generation == service.generation()
                        ? Optional.of(Deployment.begin(service, 0))
                        : Optional.empty())
                .map(this::of)
                .orElseGet(() -> ServiceDeployment.newBuilder()
                        .setId(Deployment.id(service.uid(), generation))
                        .setServiceName(service.name())
                        .setCluster(service.cluster())
                        .setStatus("STOPPED")
                        .setStatusReason("it was given up before anything of it had begun")
                        .build());
    }

    private ServiceDeployment of(Deployment deployment) {
        ServiceDeployment.Builder message = ServiceDeployment.newBuilder()
                .setId(deployment.id())
                .setServiceName(service.name())
                .setCluster(service.cluster())
                .setTaskDefinition(deployment.taskDefinition().toString())
                .setStatus(status(deployment))
                .setStatusReason(reason(deployment))
                .setLifecycleStage(stage(deployment))
                .setCause(cause(deployment.origin()))
                .setDesiredCount(deployment.desiredCount())
                .setRunningCount(count(deployment, TaskStatus.RUNNING))
                .setPendingCount(count(deployment, TaskStatus.PENDING))
                .setFailedTasks(deployment.failedTasks())
                .putAllImageDigests(deployment.images());
        rollbackTarget(deployment).ifPresent(target -> message.setRollbackTo(id(target)));
        if (service.deploymentConfiguration().getDeploymentCircuitBreaker().getEnable()) {
            message.setCircuitBreakerFailures(deployment.failures().breaker())
                    .setCircuitBreakerThreshold(CircuitBreaker.threshold(deployment.desiredCount()));
        }
        if (deployment.createdAtMillis() > 0) {
            message.setCreatedAt(Requests.timestamp(deployment.createdAtMillis()));
        }
        finishedAt(deployment).ifPresent(at -> {
            message.setFinishedAt(Requests.timestamp(at));
            if (deployment.rollout() != Rollout.COMPLETED) {
                message.setStoppedAt(Requests.timestamp(at));
            }
        });
        return message.build();
    }

    private String status(Deployment deployment) {
        Optional<Deployment> next = next(deployment);
        boolean undone = next.map(n -> n.origin().givenUp() == deployment.generation())
                .orElse(deployment.outcome().rollbackTo() != 0);
        return switch (deployment.rollout()) {
            case COMPLETED -> "SUCCESSFUL";
            case STOPPED -> undone ? undone(next) : "STOPPED";
            case FAILED -> undone ? undone(next) : "STOPPED";
            case IN_PROGRESS -> {
                if (deployment.generation() != service.generation()) {
                    yield undone ? undone(next) : "STOPPED";
                }
                if (service.deleted()) {
                    yield "STOPPED";
                }
                yield service.stoppedGeneration() == deployment.generation()
                        ? "STOP_REQUESTED"
                        : deployment.createdAtMillis() == 0 ? "PENDING" : "IN_PROGRESS";
            }
        };
    }

    /** How it goes with the deployment that brings back what was there before. */
    private String undone(Optional<Deployment> next) {
        if (next.isEmpty()) {
            return "ROLLBACK_REQUESTED";
        }
        return switch (next.get().rollout()) {
            case COMPLETED -> "ROLLBACK_SUCCESSFUL";
            case IN_PROGRESS ->
                next.get().generation() == service.generation() ? "ROLLBACK_IN_PROGRESS" : "ROLLBACK_FAILED";
            case FAILED -> "ROLLBACK_FAILED";
            case STOPPED -> "ROLLBACK_FAILED";
        };
    }

    private String reason(Deployment deployment) {
        boolean superseded =
                deployment.rollout() == Rollout.IN_PROGRESS && deployment.generation() != service.generation();
        return superseded
                ? "A newer deployment, " + id(deployment.generation() + 1) + ", took its place."
                : deployment.rolloutReason();
    }

    private String stage(Deployment deployment) {
        if (deployment.rollout() != Rollout.IN_PROGRESS || deployment.generation() != service.generation()) {
            return "";
        }
        boolean complete = count(deployment, TaskStatus.RUNNING) >= deployment.desiredCount();
        return deployment.createdAtMillis() == 0 ? "RECONCILE_SERVICE" : complete ? "CLEAN_UP" : "SCALE_UP";
    }

    private String cause(Origin origin) {
        return switch (origin.kind()) {
            case CREATED -> "created";
            case TASK_DEFINITION -> "task definition changed";
            case FORCED -> "forced";
            case ROLLBACK -> "rollback of " + id(origin.givenUp()) + " by a user";
            case CIRCUIT_BREAKER -> "rollback of " + id(origin.givenUp()) + " by the circuit breaker";
        };
    }

    private Optional<Long> rollbackTarget(Deployment deployment) {
        if (deployment.origin().rollback()) {
            return Optional.of(deployment.origin().broughtBack());
        }
        long planned = deployment.outcome().rollbackTo();
        return next(deployment)
                .map(Deployment::origin)
                .filter(o -> o.rollback() && o.givenUp() == deployment.generation())
                .map(Origin::broughtBack)
                .or(() -> planned == 0 ? Optional.empty() : Optional.of(planned));
    }

    private Optional<Long> finishedAt(Deployment deployment) {
        long finished = deployment.outcome().finishedAtMillis();
        return finished > 0
                ? Optional.of(finished)
                : next(deployment).map(Deployment::createdAtMillis).filter(at -> at > 0);
    }

    /** The one that followed it; the current one also before the leader has seen it. */
    private Optional<Deployment> next(Deployment deployment) {
        long generation = deployment.generation() + 1;
        return state.deployment(service.uid(), generation)
                .or(() -> generation == service.generation()
                        ? Optional.of(Deployment.begin(service, 0))
                        : Optional.empty());
    }

    private String id(long generation) {
        return Deployment.id(service.uid(), generation);
    }

    private int count(Deployment deployment, TaskStatus status) {
        return (int) live.stream()
                .filter(t -> t.generation() == deployment.generation() && t.status() == status)
                .count();
    }
}
