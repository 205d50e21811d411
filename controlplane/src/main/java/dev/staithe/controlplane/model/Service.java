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
        Scheduling scheduling) {
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

    /** The group of its tasks. */
    public String group() {
        return "service:" + name;
    }

    /** The desired count, 0 once the service is deleted. */
    public int desired() {
        return deleted ? 0 : desiredCount;
    }
}
