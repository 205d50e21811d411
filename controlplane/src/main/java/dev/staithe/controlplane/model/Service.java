package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.Tag;
import java.util.List;

/**
 * What a user wants kept running: the intent. What became of it is in the service's {@link Deployment}s and {@link Task}s.
 *
 * @param uid differs between two services of one name, one after the other
 * @param generation 1, 2, 3, ...: grows with every change that starts a deployment
 * @param deleted its tasks are being stopped; it is DRAINING while any is left, then INACTIVE
 * @param origin why the deployment of this generation was begun
 * @param stoppedGeneration the generation whose deployment a user stopped, leaving things as they were; 0 = none
 */
public record Service(
        String uid,
        String cluster,
        String name,
        TaskDefinitionRef taskDefinition,
        int desiredCount,
        DeploymentConfiguration deploymentConfiguration,
        long createdAtMillis,
        long generation,
        boolean deleted,
        String clientToken,
        long requestDigest,
        List<Tag> tags,
        Scheduling scheduling,
        Origin origin,
        long stoppedGeneration) {
    public Service {
        tags = List.copyOf(tags);
    }

    /** Fewest running, healthy tasks that our own actions leave: percent of the desired count, rounded up. */
    public int minimumHealthy() {
        int percent = deploymentConfiguration.hasMinimumHealthyPercent()
                ? deploymentConfiguration.getMinimumHealthyPercent()
                : 100;
        return (int) (((long) desired() * percent + 99) / 100);
    }

    /** Most pending and running tasks of all deployments together: percent of the desired count, rounded down. */
    public int maximum() {
        int percent = deploymentConfiguration.hasMaximumPercent() ? deploymentConfiguration.getMaximumPercent() : 200;
        return (int) ((long) desired() * percent / 100);
    }

    /** A DAEMON with the number of tasks that follows from the hosts. */
    public Service counting(int hosts) {
        return configured(hosts, deploymentConfiguration, scheduling);
    }

    /** The group of its tasks. */
    public String group() {
        return "service:" + name;
    }

    /** With other settings; the deployment stays the same. */
    public Service configured(int desired, DeploymentConfiguration configuration, Scheduling rules) {
        return changed(taskDefinition, desired, configuration, generation, deleted, rules, origin, stoppedGeneration);
    }

    /** With a new deployment, of this task definition. */
    public Service deploying(TaskDefinitionRef definition, Origin why) {
        return changed(
                definition,
                desiredCount,
                deploymentConfiguration,
                generation + 1,
                deleted,
                scheduling,
                why,
                stoppedGeneration);
    }

    /** Its deployment is to be left as it is. */
    public Service stopped() {
        return changed(
                taskDefinition,
                desiredCount,
                deploymentConfiguration,
                generation,
                deleted,
                scheduling,
                origin,
                generation);
    }

    /** Its tasks are to stop. */
    public Service ended() {
        return changed(
                taskDefinition,
                desiredCount,
                deploymentConfiguration,
                generation,
                true,
                scheduling,
                origin,
                stoppedGeneration);
    }

    /** With these tags; tasks that it has started keep theirs. */
    public Service tagged(List<Tag> wanted) {
        return new Service(
                uid,
                cluster,
                name,
                taskDefinition,
                desiredCount,
                deploymentConfiguration,
                createdAtMillis,
                generation,
                deleted,
                clientToken,
                requestDigest,
                wanted,
                scheduling,
                origin,
                stoppedGeneration);
    }

    private Service changed(
            TaskDefinitionRef definition,
            int desired,
            DeploymentConfiguration configuration,
            long nextGeneration,
            boolean ended,
            Scheduling rules,
            Origin why,
            long stopped) {
        return new Service(
                uid,
                cluster,
                name,
                definition,
                desired,
                configuration,
                createdAtMillis,
                nextGeneration,
                ended,
                clientToken,
                requestDigest,
                tags,
                rules,
                why,
                stopped);
    }

    /** The desired count, 0 once the service is deleted. */
    public int desired() {
        return deleted ? 0 : desiredCount;
    }
}
