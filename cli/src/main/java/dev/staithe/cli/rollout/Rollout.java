package dev.staithe.cli.rollout;

import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges, from what the control plane shows, whether a goal is reached, out of reach or still ahead.
 *
 * <p>A replica may show the service as it was before the change: until the goal's deployment has been seen, nothing is
 * concluded from its absence. Knows no time: the caller ends a wait that is too long.
 */
public final class Rollout {
    /** As many failures in a row as ECS's circuit breaker wants at least. */
    private static final int HOPELESS = 3;

    /** Some tasks came up: the others get more tries. */
    private static final int HOPELESS_ALTHOUGH_SOME_RUN = 10;

    private final Goal goal;
    private boolean deploymentSeen;
    private boolean countSeen;

    public Rollout(Goal goal) {
        this.goal = goal;
    }

    /** What the newest view of the service means. */
    public Verdict judge(WatchServiceResponse view) {
        Service service = view.getService();
        if (!service.getStatus().equals("ACTIVE")) {
            return new Verdict.Deleted();
        }
        Optional<Deployment> primary = primary(service);
        if (primary.isEmpty()) {
            return waiting("waiting for the scheduler to take the change up");
        }
        boolean ours = goal.deployment().isEmpty() || primary.get().getId().equals(goal.deployment());
        deploymentSeen |= ours;
        if (!ours) {
            return deploymentSeen ? replaced(service, primary.get()) : waiting("waiting for the deployment to begin");
        }
        countSeen |= service.getDesiredCount() == goal.desiredCount();
        return countSeen
                ? judge(service, primary.get(), view.getTasksList())
                : waiting("waiting for the new desired count to be taken up");
    }

    private static Verdict judge(Service service, Deployment primary, List<Task> tasks) {
        if (primary.getRolloutState().equals("FAILED")) {
            String reason = primary.getRolloutStateReason();
            return mentionsRollback(reason) ? new Verdict.RolledBack(reason) : new Verdict.Failed(reason);
        }
        int hopeless = primary.getHealthyCount() == 0 ? HOPELESS : HOPELESS_ALTHOUGH_SOME_RUN;
        if (service.getDesiredCount() > 0 && primary.getFailedTasks() >= hopeless) {
            return new Verdict.Failed(Words.count(primary.getFailedTasks(), "task") + " of "
                    + primary.getTaskDefinition() + " in a row did not come up");
        }
        return isSteady(service, primary)
                ? new Verdict.Steady()
                : new Verdict.InProgress(progress(service, primary, tasks), isBlocked(service, primary, tasks));
    }

    private static boolean isSteady(Service service, Deployment primary) {
        int desired = service.getDesiredCount();
        return primary.getRolloutState().equals("COMPLETED")
                && service.getDeploymentsCount() == 1
                && primary.getRunningCount() == desired
                && primary.getHealthyCount() == desired
                && service.getPendingCount() == 0
                && !service.hasPlacement();
    }

    private static boolean isBlocked(Service service, Deployment primary, List<Task> tasks) {
        boolean underWay = tasks.stream().anyMatch(task -> task.getLastStatus().equals("PENDING") || isStopping(task));
        return service.hasPlacement() && !underWay && primary.getHealthyCount() >= primary.getRunningCount();
    }

    private static boolean isStopping(Task task) {
        return task.getDesiredStatus().equals("STOPPED")
                && !task.getLastStatus().equals("STOPPED");
    }

    private static Verdict replaced(Service service, Deployment primary) {
        boolean rollback = mentionsRollback(primary.getRolloutStateReason())
                || service.getEventsList().stream()
                        .limit(5)
                        .anyMatch(event -> mentionsRollback(event.getMessage())
                                && event.getMessage().contains(primary.getId()));
        return rollback
                ? new Verdict.RolledBack("rolled back to " + primary.getTaskDefinition())
                : new Verdict.Superseded(primary.getId(), primary.getTaskDefinition());
    }

    private static boolean mentionsRollback(String text) {
        return text.toLowerCase(Locale.ROOT).contains("rolling back");
    }

    /** The deployment of this id, or the PRIMARY one. */
    static Optional<Deployment> deployment(Service service, Goal goal) {
        return service.getDeploymentsList().stream()
                .filter(deployment -> deployment.getId().equals(goal.deployment()))
                .findFirst()
                .or(() -> primary(service));
    }

    private static Optional<Deployment> primary(Service service) {
        return service.getDeploymentsList().stream()
                .filter(deployment -> deployment.getStatus().equals("PRIMARY"))
                .findFirst();
    }

    private static Verdict waiting(String progress) {
        return new Verdict.InProgress(progress, false);
    }

    private static String progress(Service service, Deployment primary, List<Task> tasks) {
        List<String> parts = new ArrayList<>();
        int desired = service.getDesiredCount();
        parts.add(
                primary.getRunningCount() > desired
                        ? primary.getRunningCount() + " running, " + desired + " wanted"
                        : primary.getRunningCount() + " of " + desired + " running");
        if (primary.getHealthyCount() < primary.getRunningCount()) {
            parts.add(primary.getHealthyCount() + " healthy");
        }
        if (primary.getPendingCount() > 0) {
            parts.add(primary.getPendingCount() + " pending");
        }
        int old = service.getDeploymentsList().stream()
                .filter(deployment -> !deployment.getId().equals(primary.getId()))
                .mapToInt(deployment -> deployment.getRunningCount() + deployment.getPendingCount())
                .sum();
        if (old > 0) {
            parts.add(old + " older to stop");
        }
        long stopping = tasks.stream().filter(Rollout::isStopping).count();
        if (stopping > 0) {
            parts.add(stopping + " stopping");
        }
        // What the scheduler said last may be about more tasks than are wanted by now.
        int missing = desired - primary.getRunningCount() - primary.getPendingCount();
        if (service.hasPlacement() && missing > 0) {
            parts.add(Math.min(missing, service.getPlacement().getWaitingCount()) + " without a place");
        }
        if (primary.getFailedTasks() > 0) {
            parts.add(primary.getFailedTasks() + " failed in a row");
        }
        return String.join(", ", parts);
    }
}
