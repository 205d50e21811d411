package dev.staithe.cli.rollout;

import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.Service;

/**
 * What a wait is for.
 *
 * @param deployment the id of the deployment that has to complete; empty = whichever is PRIMARY
 * @param taskDefinition what it runs, as family:revision
 * @param desiredCount how many tasks have to run and be healthy
 */
public record Goal(String deployment, String taskDefinition, int desiredCount) {
    /** What the service is meant to become, as a change has just answered. */
    public static Goal of(Service service) {
        String primary = service.getDeploymentsList().stream()
                .filter(deployment -> deployment.getStatus().equals("PRIMARY"))
                .map(Deployment::getId)
                .findFirst()
                .orElse("");
        return new Goal(primary, service.getTaskDefinition(), service.getDesiredCount());
    }
}
