package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.placement.Explanation;
import java.util.List;
import java.util.stream.Collectors;

/** What a service tells its user, in ECS's words, without the leading "(service NAME) ". */
public final class EventTexts {
    /** Part of every message that says that no place was found. */
    public static final String UNABLE_TO_PLACE = "was unable to place a task";

    private static final String PROTECTED = "The number of protected tasks are more than the desired count of tasks.";

    /** Tasks that one event names; of more it gives the number. */
    private static final int MOST_NAMED = 20;

    /** How the message ends that a DAEMON leaves hosts which do not match any more. */
    public static final String MISPLACED = " because its placement constraints are no longer met there.";

    private EventTexts() {}

    /** Whether a message says that something keeps the service from what is wanted, other than that no place is found. */
    public static boolean isObstacle(String message) {
        return message.endsWith(impaired()) || message.endsWith(stuckBetweenBounds()) || message.endsWith(PROTECTED);
    }

    public static String started(List<String> taskIds) {
        return "has started " + taskIds.size() + " tasks: " + tasks(taskIds) + ".";
    }

    public static String stopped(List<String> taskIds) {
        return "has stopped " + taskIds.size() + " running tasks: " + tasks(taskIds) + ".";
    }

    /** Before {@link #stopped}, where some of the tasks have connections that may go on for a while. */
    public static String drains(int tasks) {
        return "has begun draining connections on " + tasks + " tasks.";
    }

    /** In the place of {@link #started} for tasks that replace others for nothing but a more even spread. */
    public static String startedToRebalance(String place, List<String> taskIds) {
        return "has started " + taskIds.size() + " tasks in " + place + " to AZ Rebalance: " + tasks(taskIds) + ".";
    }

    /** In the place of {@link #stopped} for tasks that were replaced for nothing but a more even spread. */
    public static String stoppedToRebalance(String place, List<String> taskIds) {
        return "has stopped " + taskIds.size() + " running tasks in " + place + " due to AZ rebalancing: "
                + tasks(taskIds) + ".";
    }

    public static String steady() {
        return "has reached a steady state.";
    }

    public static String deploymentCompleted(String deploymentId) {
        return "(deployment " + deploymentId + ") deployment completed.";
    }

    /** The circuit breaker gave it up. */
    public static String deploymentFailed(String deploymentId) {
        return "(deployment " + deploymentId + ") deployment failed: tasks failed to start.";
    }

    /** A user wants it left as it is. */
    public static String deploymentStopped(String deploymentId) {
        return "(deployment " + deploymentId + ") deployment stopped.";
    }

    /** A new deployment brings back what this one ran. */
    public static String rollingBack(String deploymentId) {
        return "rolling back to deployment " + deploymentId + ".";
    }

    public static String failedHealthChecks(String taskId) {
        return "(task " + taskId + ") failed container health checks.";
    }

    /** Its tasks keep ending before they come up. */
    public static String impaired() {
        return "is unable to consistently start tasks successfully.";
    }

    /** Neither bound of the deployment configuration lets the roll-out move. */
    public static String stuckBetweenBounds() {
        return "was unable to stop or start tasks during a deployment because of the service deployment configuration."
                + " Update the minimumHealthyPercent or maximumPercent value and try again.";
    }

    /** More tasks of the deployment are protected than it is meant to have. */
    static String protectedFromScaleIn(String deploymentId) {
        return "was unable to reach steady state because task set (" + deploymentId
                + ") was unable to scale in. Reason: " + PROTECTED;
    }

    public static String unableToPlace(Explanation explanation) {
        String why = explanation
                .closest()
                .map(host -> "The closest matching (container-instance " + host.instanceId() + ") "
                        + switch (host.refused().reason()) {
                            case CPU -> "has insufficient CPU units available.";
                            case MEMORY -> "has insufficient memory available.";
                            case GPU -> "has insufficient GPUs available.";
                            case PORTS -> "is already using a port required by your task.";
                            case ATTRIBUTE -> "is missing an attribute required by your task.";
                            case AGENT, DRAINING, INACTIVE, MEMBER_OF, DISTINCT_INSTANCE ->
                                "encountered error \"" + host.refused().reason().code() + "\".";
                        })
                .orElse("Reason: No Container Instances were found in your cluster.");
        return UNABLE_TO_PLACE + " because no container instance met all of its requirements. " + why;
    }

    /** A DAEMON's tasks on hosts that no longer have what its constraints ask for. */
    public static String misplaced(List<String> instanceIds) {
        String named = instanceIds.stream()
                .limit(MOST_NAMED)
                .map(id -> "(container-instance " + id + ")")
                .collect(Collectors.joining(" "));
        int more = instanceIds.size() - MOST_NAMED;
        return "stops its tasks on " + named + (more <= 0 ? "" : " and " + more + " more") + MISPLACED;
    }

    /** Why the scheduler stops a task that it has no use for. */
    static String scaling(String deploymentId) {
        return "Scaling activity initiated by (deployment " + deploymentId + ")";
    }

    private static String tasks(List<String> ids) {
        String named =
                ids.stream().limit(MOST_NAMED).map(id -> "(task " + id + ")").collect(Collectors.joining(" "));
        int more = ids.size() - MOST_NAMED;
        return more <= 0 ? named : named + " and " + more + " more";
    }
}
