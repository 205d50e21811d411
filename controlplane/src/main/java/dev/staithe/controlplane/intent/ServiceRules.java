package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.util.Set;
import java.util.regex.Pattern;

/** What requests about services must look like. */
final class ServiceRules {
    private static final int MOST_TASKS = 5000;
    private static final int LARGEST_MAXIMUM_PERCENT = 1000;
    private static final Pattern CLIENT_TOKEN = Pattern.compile("[\\x21-\\x7e]{0,36}");

    private ServiceRules() {}

    static void check(CreateServiceRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.CREATE_SERVICE.check(request, problems);
        choice(request.getSchedulingStrategy(), "schedulingStrategy", "REPLICA", Set.of("DAEMON"), problems);
        choice(
                request.getDeploymentController().getType(),
                "deploymentController.type",
                "ECS",
                Set.of("CODE_DEPLOY", "EXTERNAL"),
                problems);
        choice(
                request.getLaunchType(),
                "launchType",
                "EC2",
                Set.of("FARGATE", "EXTERNAL", "MANAGED_INSTANCES"),
                problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        Names.check(problems, "serviceName", request.getServiceName());
        Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        if (!request.hasDesiredCount()) {
            problems.say("desiredCount", "absent (expected: 0-" + MOST_TASKS + ")");
        }
        desiredCount(request.getDesiredCount(), problems);
        deployment(request.getDeploymentConfiguration(), problems);
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
        problems.throwIfAny();
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

    private static void deployment(DeploymentConfiguration given, Problems problems) {
        choice(
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

    private static void choice(String value, String field, String only, Set<String> later, Problems problems) {
        if (later.contains(value)) {
            problems.unsupported(field, value, only);
        } else if (!value.isEmpty() && !value.equals(only)) {
            problems.invalid(field, value, only);
        }
    }
}
