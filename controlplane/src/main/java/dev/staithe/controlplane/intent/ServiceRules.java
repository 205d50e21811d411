package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Service;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What requests about services must look like. */
final class ServiceRules {
    private static final int LONGEST_DRAINING = 3600;
    private static final int MOST_TASKS = 5000;
    private static final int LARGEST_MAXIMUM_PERCENT = 1000;
    private static final List<String> REBALANCING = List.of("ENABLED", "DISABLED", "DRY_RUN");
    private static final List<String> TAG_SOURCES = List.of("TASK_DEFINITION", "SERVICE", "NONE");
    private static final Pattern CLIENT_TOKEN = Pattern.compile("[\\x21-\\x7e]{0,36}");

    private ServiceRules() {}

    static void check(CreateServiceRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.CREATE_SERVICE.check(request, problems);
        choice(request.getSchedulingStrategy(), "schedulingStrategy", List.of("REPLICA", "DAEMON"), problems);
        only(
                request.getDeploymentController().getType(),
                "deploymentController.type",
                "ECS",
                Set.of("CODE_DEPLOY", "EXTERNAL"),
                problems);
        only(
                request.getLaunchType(),
                "launchType",
                "EC2",
                Set.of("FARGATE", "EXTERNAL", "MANAGED_INSTANCES"),
                problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        Names.check(problems, "serviceName", request.getServiceName());
        Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        boolean daemon = request.getSchedulingStrategy().equals("DAEMON");
        if (!request.hasDesiredCount() && !daemon) {
            problems.say("desiredCount", "absent (expected: 0-" + MOST_TASKS + ")");
        }
        desiredCount(request.getDesiredCount(), problems);
        deployment(request.getDeploymentConfiguration(), problems);
        PlacementRules.checkConstraints(request.getPlacementConstraintsList(), problems);
        PlacementRules.checkStrategies(request.getPlacementStrategyList(), problems);
        gracePeriod(request.getHealthCheckGracePeriodSeconds(), problems);
        connectionDraining(request.getConnectionDrainingSeconds(), problems);
        choice(request.getAvailabilityZoneRebalancing(), "availabilityZoneRebalancing", REBALANCING, problems);
        choice(request.getPropagateTags(), "propagateTags", TAG_SOURCES, problems);
        if (daemon) {
            daemon(
                    request.hasDesiredCount(),
                    request.getDesiredCount(),
                    request.getPlacementStrategyCount(),
                    request.getAvailabilityZoneRebalancing(),
                    request.getDeploymentConfiguration(),
                    problems);
        }
        if (!CLIENT_TOKEN.matcher(request.getClientToken()).matches()) {
            problems.invalid("clientToken", request.getClientToken(), "at most 36 printable characters, no spaces");
        }
        TagRules.check(problems, "tags", request.getTagsList());
        problems.throwIfAny();
    }

    static void check(UpdateServiceRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.UPDATE_SERVICE.check(request, problems);
        named(request.getCluster(), request.getService(), problems);
        if (!request.getTaskDefinition().isEmpty()) {
            Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        }
        desiredCount(request.getDesiredCount(), problems);
        deployment(request.getDeploymentConfiguration(), problems);
        PlacementRules.checkConstraints(request.getPlacementConstraintsList(), problems);
        PlacementRules.checkStrategies(request.getPlacementStrategyList(), problems);
        if (request.getClearPlacementConstraints() && request.getPlacementConstraintsCount() > 0) {
            problems.say("clearPlacementConstraints", "true (expected: false, where placementConstraints are given)");
        }
        if (request.getClearPlacementStrategy() && request.getPlacementStrategyCount() > 0) {
            problems.say("clearPlacementStrategy", "true (expected: false, where a placementStrategy is given)");
        }
        gracePeriod(request.getHealthCheckGracePeriodSeconds(), problems);
        connectionDraining(request.getConnectionDrainingSeconds(), problems);
        choice(request.getAvailabilityZoneRebalancing(), "availabilityZoneRebalancing", REBALANCING, problems);
        choice(request.getPropagateTags(), "propagateTags", TAG_SOURCES, problems);
        problems.throwIfAny();
    }

    /** What the kind of the service does not allow. */
    static void check(UpdateServiceRequest request, Service service) throws IntentException {
        if (service.scheduling().daemon()) {
            Problems problems = new Problems();
            daemon(
                    request.hasDesiredCount(),
                    request.getDesiredCount(),
                    request.getPlacementStrategyCount(),
                    request.getAvailabilityZoneRebalancing(),
                    request.getDeploymentConfiguration(),
                    problems);
            problems.throwIfAny();
        }
    }

    /** A daemon runs once on every instance that matches, as in ECS: how many and where is not a question. */
    private static void daemon(
            boolean counted,
            int count,
            int strategies,
            String rebalancing,
            DeploymentConfiguration configuration,
            Problems problems) {
        if (counted) {
            problems.invalid("desiredCount", count, "absent: a DAEMON has one task on every matching instance");
        }
        if (strategies > 0) {
            problems.invalid("placementStrategy", strategies + " strategies", "absent: a DAEMON is on every instance");
        }
        if (!rebalancing.isEmpty() && !rebalancing.equals("DISABLED")) {
            problems.invalid("availabilityZoneRebalancing", rebalancing, "DISABLED for a DAEMON");
        }
        if (configuration.hasMaximumPercent() && configuration.getMaximumPercent() != 100) {
            problems.invalid(
                    "deploymentConfiguration.maximumPercent", configuration.getMaximumPercent(), "100 for a DAEMON");
        }
    }

    /** That the request names a service; nothing is known of the service yet. */
    static void named(String cluster, String service, Problems problems) {
        Names.check(problems, "cluster", Clusters.named(cluster));
        Names.check(problems, "service", service);
    }

    private static void desiredCount(int count, Problems problems) {
        if (count < 0 || count > MOST_TASKS) {
            problems.invalid("desiredCount", count, "0-" + MOST_TASKS);
        }
    }

    private static void gracePeriod(int seconds, Problems problems) {
        if (seconds < 0) {
            problems.invalid("healthCheckGracePeriodSeconds", seconds, "0-" + Integer.MAX_VALUE);
        }
    }

    /** An hour at most, as AWS's load balancers have it. */
    private static void connectionDraining(int seconds, Problems problems) {
        if (seconds < 0 || seconds > LONGEST_DRAINING) {
            problems.invalid("connectionDrainingSeconds", seconds, "0-" + LONGEST_DRAINING);
        }
    }

    private static void deployment(DeploymentConfiguration given, Problems problems) {
        only(
                given.getStrategy(),
                "deploymentConfiguration.strategy",
                "ROLLING",
                Set.of("BLUE_GREEN", "LINEAR", "CANARY"),
                problems);
        if (given.hasMaximumPercent()
                && (given.getMaximumPercent() < 100 || given.getMaximumPercent() > LARGEST_MAXIMUM_PERCENT)) {
            problems.invalid(
                    "deploymentConfiguration.maximumPercent",
                    given.getMaximumPercent(),
                    "100-" + LARGEST_MAXIMUM_PERCENT);
        }
        if (given.hasMinimumHealthyPercent()
                && (given.getMinimumHealthyPercent() < 0 || given.getMinimumHealthyPercent() > 100)) {
            problems.invalid(
                    "deploymentConfiguration.minimumHealthyPercent", given.getMinimumHealthyPercent(), "0-100");
        }
    }

    private static void choice(String value, String field, List<String> choices, Problems problems) {
        if (!value.isEmpty() && !choices.contains(value)) {
            problems.invalid(field, value, String.join(", ", choices));
        }
    }

    private static void only(String value, String field, String only, Set<String> later, Problems problems) {
        if (later.contains(value)) {
            problems.unsupported(field, value, only);
        } else if (!value.isEmpty() && !value.equals(only)) {
            problems.invalid(field, value, only);
        }
    }
}
