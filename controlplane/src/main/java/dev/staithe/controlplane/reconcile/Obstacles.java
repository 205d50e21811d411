package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.proto.v1.DeploymentConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What keeps a service from what is wanted, in words: from what the planner found, so that the two cannot disagree. */
final class Obstacles {
    private Obstacles() {}

    static List<String> of(Census census, DeploymentPlanner.Moves moves, Moment moment) {
        Service service = census.service();
        Deployment primary = census.primary();
        List<String> notes = new ArrayList<>();
        if (service.deleted()) {
            notes.add(
                    "the service is being deleted: " + census.leaving().size() + " of its tasks have not stopped yet");
            return notes;
        }
        switch (primary.rollout()) {
            case FAILED ->
                notes.add("the deployment of " + primary.taskDefinition() + " has failed and starts no more tasks ("
                        + primary.rolloutReason() + "): staithe service rollback " + service.name()
                        + ", or update it to a revision that works");
            case STOPPED ->
                notes.add("the deployment of " + primary.taskDefinition() + " was stopped and is left as it is: staithe"
                        + " service update " + service.name() + " --force-new-deployment");
            case IN_PROGRESS, COMPLETED -> {}
        }
        if (service.desired() == 0 && !service.scheduling().daemon()) {
            notes.add("its desired count is 0: staithe service scale " + service.name() + " N");
        }
        if (moves.throttled()) {
            notes.add("throttled: " + primary.failedTasks() + " tasks of " + primary.taskDefinition()
                    + " in a row did not come up; " + next(moves, moment) + "; a new revision starts at once");
        }
        if (moves.stuck()) {
            notes.add("stuck: " + bounds(service) + " let no task stop or start first: staithe service update "
                    + service.name() + (service.scheduling().daemon() ? " --min-healthy 0" : " --max 200"));
        }
        moves.shielded()
                .ifPresent(d -> notes.add("more tasks of " + d.taskDefinition()
                        + " are protected than are wanted: end their protection, or wait until it ends"));
        if (!census.displaced().isEmpty()) {
            notes.add(count(census.displaced().size(), "task") + " on hosts that are drained"
                    + (service.scheduling().daemon()
                            ? ": stopped last, when no task of a service that is no daemon is left there"
                            : ", or being moved: replaced elsewhere first, then stopped"));
        }
        if (!census.leaving().isEmpty()) {
            notes.add(count(census.leaving().size(), "task") + " still stopping");
        }
        return notes;
    }

    private static String next(DeploymentPlanner.Moves moves, Moment moment) {
        if (moves.wakeAtNanos().isEmpty()) {
            return "the next ones wait";
        }
        Duration left = Duration.ofNanos(moves.wakeAtNanos().getAsLong() - moment.nanos());
        Instant at = Instant.ofEpochMilli(moment.millis()).plus(left);
        return "the next start is in " + Math.max(1, left.toSeconds()) + " s, at "
                + Instant.ofEpochSecond(at.getEpochSecond());
    }

    private static String bounds(Service service) {
        DeploymentConfiguration configuration = service.deploymentConfiguration();
        return "minimumHealthyPercent " + configuration.getMinimumHealthyPercent() + " and maximumPercent "
                + configuration.getMaximumPercent() + " of " + service.desired();
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? " is" : "s are");
    }
}
