package dev.staithe.cli.render;

import dev.staithe.proto.v1.ServiceDeployment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Deployments of a service for people. */
public final class DeploymentView {
    private DeploymentView() {}

    /** One line for each deployment; below, what those say that did not just succeed. */
    public static String table(List<ServiceDeployment> deployments, Instant now) {
        Table table = new Table("DEPLOYMENT", "REVISION", "STATUS", "BEGAN", "TOOK", "TASKS", "CAUSE");
        for (ServiceDeployment deployment : deployments) {
            table.row(
                    deployment.getId(),
                    deployment.getTaskDefinition(),
                    deployment.getStatus(),
                    Words.ago(deployment.getCreatedAt(), now),
                    took(deployment, now),
                    deployment.getRunningCount() + "/" + deployment.getDesiredCount(),
                    cause(deployment.getCause()));
        }
        Page page = new Page(0);
        deployments.stream()
                .filter(DeploymentView::hasReason)
                .forEach(deployment -> page.gap().line(deployment.getId() + ": " + deployment.getStatusReason()));
        return (table.orElse("no deployments") + "\n" + page).strip();
    }

    /** In two words; which deployment was rolled back is the one below, and in the JSON form. */
    private static String cause(String cause) {
        if (cause.endsWith("by the circuit breaker")) {
            return "circuit breaker";
        }
        return cause.startsWith("rollback") ? "rollback" : cause.replace(" changed", "");
    }

    private static String took(ServiceDeployment deployment, Instant now) {
        if (!Words.isSet(deployment.getCreatedAt())) {
            return "-";
        }
        Instant end = Words.isSet(deployment.getFinishedAt()) ? Words.instant(deployment.getFinishedAt()) : now;
        return Words.duration(Duration.between(Words.instant(deployment.getCreatedAt()), end));
    }

    /** What the status does not say already. */
    private static boolean hasReason(ServiceDeployment deployment) {
        return switch (deployment.getStatus()) {
            case "SUCCESSFUL", "PENDING", "IN_PROGRESS" ->
                deployment.getStatusReason().contains("circuit breaker");
            default -> !deployment.getStatusReason().isEmpty();
        };
    }
}
