package dev.staithe.cli.render;

import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServiceEvent;
import java.time.Instant;
import java.util.List;

/** Services for people. */
public final class ServiceView {
    private static final int EVENTS_SHOWN = 10;

    private ServiceView() {}

    /** One line for each service. */
    public static String table(List<Service> services, Instant now) {
        Table table =
                new Table("SERVICE", "STATUS", "TASK DEFINITION", "DESIRED", "RUNNING", "PENDING", "ROLLOUT", "AGE");
        for (Service service : services) {
            table.row(
                    service.getServiceName(),
                    service.getStatus(),
                    service.getTaskDefinition(),
                    service.getDesiredCount(),
                    service.getRunningCount(),
                    service.getPendingCount(),
                    service.getDeploymentsList().stream()
                            .findFirst()
                            .map(Deployment::getRolloutState)
                            .orElse("-"),
                    Words.ago(service.getCreatedAt(), now));
        }
        return table.orElse("no services: start one with `staithe run IMAGE`");
    }

    /** One service in full: counts, deployments, what waits for a place, the newest events. */
    public static String text(Service service, Instant now) {
        Page page = new Page(17);
        page.line("service " + service.getServiceName() + "  " + service.getStatus() + "  in cluster "
                + service.getCluster());
        page.field("task definition", service.getTaskDefinition());
        page.field(
                "tasks",
                service.getDesiredCount() + " desired, " + service.getRunningCount() + " running, "
                        + service.getPendingCount() + " pending");
        page.field("deployments", bounds(service.getDeploymentConfiguration()));
        page.field(
                "created",
                Words.time(service.getCreatedAt()) + " (" + Words.ago(service.getCreatedAt(), now) + " ago)");
        page.gap();
        page.whole("", List.of());
        StringBuilder text = new StringBuilder(page.toString());
        text.append(deployments(service.getDeploymentsList(), now)).append('\n');
        if (service.hasPlacement()) {
            text.append('\n').append(placement(service, now));
        }
        text.append('\n').append(events(service.getEventsList(), now));
        return text.toString();
    }

    private static String bounds(DeploymentConfiguration configuration) {
        int minimum = configuration.hasMinimumHealthyPercent() ? configuration.getMinimumHealthyPercent() : 100;
        int maximum = configuration.hasMaximumPercent() ? configuration.getMaximumPercent() : 200;
        return "at least " + minimum + "% of the tasks stay healthy, at most " + maximum + "% run";
    }

    private static String deployments(List<Deployment> deployments, Instant now) {
        Table table = new Table(
                "DEPLOYMENT", "STATUS", "REVISION", "RUNNING", "HEALTHY", "PENDING", "FAILED", "ROLLOUT", "AGE");
        for (Deployment deployment : deployments) {
            table.row(
                    deployment.getId(),
                    deployment.getStatus(),
                    deployment.getTaskDefinition(),
                    deployment.getRunningCount() + "/" + deployment.getDesiredCount(),
                    deployment.getHealthyCount(),
                    deployment.getPendingCount(),
                    deployment.getFailedTasks(),
                    deployment.getRolloutState(),
                    Words.ago(deployment.getCreatedAt(), now));
        }
        return table.orElse("no deployments");
    }

    private static String placement(Service service, Instant now) {
        StringBuilder text = new StringBuilder();
        text.append(Words.count(service.getPlacement().getWaitingCount(), "task"))
                .append(" cannot be placed, since ")
                .append(Words.ago(service.getPlacement().getSince(), now))
                .append(":\n");
        Table table = new Table("HOST", "REASON", "DETAIL");
        for (HostVerdict host : service.getPlacement().getHostsList()) {
            table.row(host.getHostName(), host.getReason(), host.getDetail());
        }
        return text.append(table.orElse("no container instance is registered; see `staithe instance list`"))
                .append('\n')
                .toString();
    }

    private static String events(List<ServiceEvent> newestFirst, Instant now) {
        Table table = new Table("AGE", "EVENT");
        newestFirst.stream()
                .limit(EVENTS_SHOWN)
                .forEach(event -> table.row(Words.ago(event.getCreatedAt(), now), event.getMessage()));
        return table.orElse("no events");
    }
}
