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

    /** The newest events, in which a rollback is looked for. */
    private static final int EVENTS_READ = 10;

    private final Goal goal;
    private boolean deploymentSeen;
    private boolean rollingBack;
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
            return deploymentSeen
                    ? replaced(service, primary.get(), view.getTasksList())
                    : waiting("waiting for the deployment to begin");
        }
        // A daemon's count follows from the hosts, and from the first look at them.
        countSeen |= service.getDesiredCount() == goal.desiredCount()
                || service.getSchedulingStrategy().equals("DAEMON");
        return countSeen
                ? judge(service, primary.get(), view.getTasksList())
                : waiting("waiting for the new desired count to be taken up");
    }

    private static Verdict judge(Service service, Deployment primary, List<Task> tasks) {
        if (primary.getRolloutState().equals("FAILED")) {
            return failed(primary);
        }
        if (service.getDesiredCount() > 0 && primary.getFailedTasks() >= hopeless(service, primary)) {
            return new Verdict.Failed(Words.count(primary.getFailedTasks(), "task") + " of "
                    + primary.getTaskDefinition() + " in a row did not come up");
        }
        if (isStuck(service, primary)) {
            return new Verdict.Stuck();
        }
        return isSteady(service, primary)
                ? new Verdict.Steady()
                : new Verdict.InProgress(progress(service, primary, tasks), isBlocked(service, primary, tasks));
    }

    /** How many failures in a row end the wait. Where a circuit breaker watches, it is given the time to judge. */
    private static int hopeless(Service service, Deployment primary) {
        if (service.getDeploymentConfiguration().getDeploymentCircuitBreaker().getEnable()) {
            return Math.max(HOPELESS_ALTHOUGH_SOME_RUN, service.getDesiredCount());
        }
        return primary.getHealthyCount() == 0 ? HOPELESS : HOPELESS_ALTHOUGH_SOME_RUN;
    }

    /** Given up by the circuit breaker: it is over, unless something older is going to be brought back. */
    private static Verdict failed(Deployment primary) {
        return primary.getRollbackTo().isEmpty()
                ? new Verdict.Failed(primary.getRolloutStateReason())
                : waiting("failed; waiting for the rollback to begin");
    }

    /** What the scheduler said last is that the bounds let it do nothing. */
    private static boolean isStuck(Service service, Deployment primary) {
        return primary.getRolloutState().equals("IN_PROGRESS")
                && service.getEventsCount() > 0
                && service.getEvents(0).getMessage().contains("was unable to stop or start tasks during a deployment")
                && !Words.instant(service.getEvents(0).getCreatedAt()).isBefore(Words.instant(primary.getCreatedAt()));
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

    /**
     * Tasks wait for a place and nothing is under way that could free one. Tasks that become healthy do only where older ones
     * go for them; that they became so by time alone is not even shown before something else changes.
     */
    private static boolean isBlocked(Service service, Deployment primary, List<Task> tasks) {
        boolean underWay = tasks.stream().anyMatch(task -> task.getLastStatus().equals("PENDING") || isStopping(task));
        boolean olderMayGo = service.getDeploymentsCount() > 1 && primary.getHealthyCount() < primary.getRunningCount();
        return service.hasPlacement() && !underWay && !olderMayGo;
    }

    private static boolean isStopping(Task task) {
        return task.getDesiredStatus().equals("STOPPED")
                && !task.getLastStatus().equals("STOPPED");
    }

    /** Another deployment took its place: one that goes back, which is waited for, or somebody else's. */
    private Verdict replaced(Service service, Deployment primary, List<Task> tasks) {
        rollingBack |= mentionsRollback(primary.getRolloutStateReason())
                || service.getEventsList().stream()
                        .limit(EVENTS_READ)
                        .anyMatch(event -> mentionsRollback(event.getMessage()));
        if (!rollingBack) {
            return new Verdict.Superseded(primary.getId(), primary.getTaskDefinition());
        }
        if (primary.getRolloutState().equals("FAILED")) {
            return new Verdict.Failed("and so did the rollback to " + primary.getTaskDefinition());
        }
        return isSteady(service, primary)
                ? new Verdict.RolledBack("rolled back to " + primary.getTaskDefinition())
                : waiting("failed; rolling back to " + primary.getTaskDefinition() + ": "
                        + progress(service, primary, tasks));
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
