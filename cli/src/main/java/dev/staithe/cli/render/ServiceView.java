package dev.staithe.cli.render;

import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServiceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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
        page.field("scheduling", scheduling(service));
        page.field("constraints", constraints(service.getPlacementConstraintsList()));
        page.field("strategy", strategies(service.getPlacementStrategyList()));
        page.field("tags", Words.tags(service.getTagsList()));
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
        return "at least " + minimum + "% of the tasks stay healthy, at most " + maximum + "% run"
                + breaker(configuration.getDeploymentCircuitBreaker());
    }

    private static String breaker(DeploymentCircuitBreaker breaker) {
        if (!breaker.getEnable()) {
            return "";
        }
        return breaker.getRollback() ? "; one that fails is rolled back" : "; one that fails is given up";
    }

    private static String scheduling(Service service) {
        List<String> parts = new ArrayList<>();
        boolean daemon = service.getSchedulingStrategy().equals("DAEMON");
        parts.add(daemon ? "DAEMON: one task on every instance that matches" : "REPLICA");
        if (!daemon && !service.getAvailabilityZoneRebalancing().isEmpty()) {
            parts.add("rebalancing "
                    + switch (service.getAvailabilityZoneRebalancing()) {
                        case "ENABLED" -> "on";
                        case "DISABLED" -> "off";
                        default -> "dry-run";
                    });
        }
        if (service.getHealthCheckGracePeriodSeconds() > 0) {
            parts.add("grace period " + Words.duration(Duration.ofSeconds(service.getHealthCheckGracePeriodSeconds())));
        }
        parts.add(
                service.getConnectionDrainingSeconds() == 0
                        ? "connections not drained"
                        : "connections drained for up to "
                                + Words.duration(Duration.ofSeconds(service.getConnectionDrainingSeconds())));
        if (!service.getPropagateTags().isEmpty() && !service.getPropagateTags().equals("NONE")) {
            parts.add("tasks get the tags of the "
                    + service.getPropagateTags().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        if (service.getEnableExecuteCommand()) {
            parts.add("task exec allowed");
        }
        return String.join(", ", parts);
    }

    private static String constraints(List<PlacementConstraint> constraints) {
        return constraints.stream()
                .map(c -> c.getExpression().isEmpty() ? c.getType() : c.getType() + "(" + c.getExpression() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String strategies(List<PlacementStrategy> strategies) {
        return strategies.stream()
                .map(s -> s.getField().isEmpty() ? s.getType() : s.getType() + ":" + s.getField())
                .collect(Collectors.joining(", then "));
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
