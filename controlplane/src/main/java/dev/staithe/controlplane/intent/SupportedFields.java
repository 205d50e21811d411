package dev.staithe.controlplane.intent;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which fields of a request this release honours. Everything else that is set is refused by name, so that nothing is ever
 * dropped in silence: fields that wait for a later release, and fields on the wire that this release does not know.
 *
 * <p>An unsupported field may be there with a value that asks for nothing: an empty list, or false.
 */
final class SupportedFields {
    /** For requests of which every field is honoured. */
    static final SupportedFields ALL = new SupportedFields(Set.of(), true);

    static final SupportedFields CREATE_CLUSTER = only("clusterName", "tags.key", "tags.value");

    static final SupportedFields TASK_DEFINITION = only(
            "family",
            "networkMode",
            "pidMode",
            "ipcMode",
            "requiresCompatibilities",
            "taskRoleArn",
            "cpu",
            "memory",
            "tags.key",
            "tags.value",
            "runtimePlatform.cpuArchitecture",
            "runtimePlatform.operatingSystemFamily",
            "placementConstraints.type",
            "placementConstraints.expression",
            "volumes.name",
            "volumes.host.sourcePath",
            "volumes.dockerVolumeConfiguration.scope",
            "volumes.dockerVolumeConfiguration.autoprovision",
            "volumes.dockerVolumeConfiguration.driver",
            "volumes.dockerVolumeConfiguration.driverOpts",
            "volumes.dockerVolumeConfiguration.labels",
            "volumes.efsVolumeConfiguration.fileSystemId",
            "volumes.efsVolumeConfiguration.rootDirectory",
            "volumes.efsVolumeConfiguration.transitEncryption",
            "containerDefinitions.name",
            "containerDefinitions.image",
            "containerDefinitions.repositoryCredentials.credentialsParameter",
            "containerDefinitions.cpu",
            "containerDefinitions.memory",
            "containerDefinitions.memoryReservation",
            "containerDefinitions.portMappings.containerPort",
            "containerDefinitions.portMappings.hostPort",
            "containerDefinitions.portMappings.protocol",
            "containerDefinitions.portMappings.name",
            "containerDefinitions.portMappings.appProtocol",
            "containerDefinitions.portMappings.containerPortRange",
            "containerDefinitions.essential",
            "containerDefinitions.versionConsistency",
            "containerDefinitions.resourceRequirements.type",
            "containerDefinitions.resourceRequirements.value",
            "containerDefinitions.entryPoint",
            "containerDefinitions.command",
            "containerDefinitions.environment.name",
            "containerDefinitions.environment.value",
            "containerDefinitions.environmentFiles.value",
            "containerDefinitions.environmentFiles.type",
            "containerDefinitions.secrets.name",
            "containerDefinitions.secrets.valueFrom",
            "containerDefinitions.secrets.containerPath",
            "containerDefinitions.mountPoints.sourceVolume",
            "containerDefinitions.mountPoints.containerPath",
            "containerDefinitions.mountPoints.readOnly",
            "containerDefinitions.volumesFrom.sourceContainer",
            "containerDefinitions.volumesFrom.readOnly",
            "containerDefinitions.linuxParameters.capabilities.add",
            "containerDefinitions.linuxParameters.capabilities.drop",
            "containerDefinitions.linuxParameters.devices.hostPath",
            "containerDefinitions.linuxParameters.devices.containerPath",
            "containerDefinitions.linuxParameters.devices.permissions",
            "containerDefinitions.linuxParameters.initProcessEnabled",
            "containerDefinitions.linuxParameters.sharedMemorySize",
            "containerDefinitions.linuxParameters.tmpfs.containerPath",
            "containerDefinitions.linuxParameters.tmpfs.size",
            "containerDefinitions.linuxParameters.tmpfs.mountOptions",
            "containerDefinitions.linuxParameters.maxSwap",
            "containerDefinitions.linuxParameters.swappiness",
            "containerDefinitions.dependsOn.containerName",
            "containerDefinitions.dependsOn.condition",
            "containerDefinitions.restartPolicy.enabled",
            "containerDefinitions.restartPolicy.ignoredExitCodes",
            "containerDefinitions.restartPolicy.restartAttemptPeriod",
            "containerDefinitions.startTimeout",
            "containerDefinitions.stopTimeout",
            "containerDefinitions.user",
            "containerDefinitions.workingDirectory",
            "containerDefinitions.hostname",
            "containerDefinitions.links",
            "containerDefinitions.disableNetworking",
            "containerDefinitions.dnsServers",
            "containerDefinitions.dnsSearchDomains",
            "containerDefinitions.extraHosts.hostname",
            "containerDefinitions.extraHosts.ipAddress",
            "containerDefinitions.privileged",
            "containerDefinitions.readonlyRootFilesystem",
            "containerDefinitions.dockerSecurityOptions",
            "containerDefinitions.ulimits.name",
            "containerDefinitions.ulimits.softLimit",
            "containerDefinitions.ulimits.hardLimit",
            "containerDefinitions.systemControls.namespace",
            "containerDefinitions.systemControls.value",
            "containerDefinitions.interactive",
            "containerDefinitions.pseudoTerminal",
            "containerDefinitions.dockerLabels",
            "containerDefinitions.logConfiguration.logDriver",
            "containerDefinitions.logConfiguration.options",
            "containerDefinitions.logConfiguration.secretOptions.name",
            "containerDefinitions.logConfiguration.secretOptions.valueFrom",
            "containerDefinitions.logConfiguration.secretOptions.containerPath",
            "containerDefinitions.healthCheck.command",
            "containerDefinitions.healthCheck.interval",
            "containerDefinitions.healthCheck.timeout",
            "containerDefinitions.healthCheck.retries",
            "containerDefinitions.healthCheck.startPeriod");

    static final SupportedFields CREATE_SERVICE = only(
            "cluster",
            "serviceName",
            "taskDefinition",
            "desiredCount",
            "deploymentConfiguration.maximumPercent",
            "deploymentConfiguration.minimumHealthyPercent",
            "deploymentConfiguration.strategy",
            "deploymentConfiguration.deploymentCircuitBreaker.enable",
            "deploymentConfiguration.deploymentCircuitBreaker.rollback",
            "schedulingStrategy",
            "placementConstraints.type",
            "placementConstraints.expression",
            "placementStrategy.type",
            "placementStrategy.field",
            "healthCheckGracePeriodSeconds",
            "availabilityZoneRebalancing",
            "propagateTags",
            "enableExecuteCommand",
            "connectionDrainingSeconds",
            "clientToken",
            "launchType",
            "deploymentController.type",
            "tags.key",
            "tags.value");

    static final SupportedFields UPDATE_SERVICE = only(
            "cluster",
            "service",
            "taskDefinition",
            "desiredCount",
            "deploymentConfiguration.maximumPercent",
            "deploymentConfiguration.minimumHealthyPercent",
            "deploymentConfiguration.strategy",
            "deploymentConfiguration.deploymentCircuitBreaker.enable",
            "deploymentConfiguration.deploymentCircuitBreaker.rollback",
            "placementConstraints.type",
            "placementConstraints.expression",
            "placementStrategy.type",
            "placementStrategy.field",
            "clearPlacementConstraints",
            "clearPlacementStrategy",
            "healthCheckGracePeriodSeconds",
            "availabilityZoneRebalancing",
            "propagateTags",
            "enableExecuteCommand",
            "connectionDrainingSeconds",
            "forceNewDeployment");

    private final Set<String> honoured;
    private final boolean all;

    private SupportedFields(Set<String> honoured, boolean all) {
        this.honoured = honoured;
        this.all = all;
    }

    /** Paths of JSON names, without the indexes of lists; a message is honoured if one of its fields is. */
    private static SupportedFields only(String... paths) {
        Set<String> honoured = new HashSet<>();
        for (String path : paths) {
            honoured.add(path);
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                honoured.add(path.substring(0, dot));
            }
        }
        return new SupportedFields(honoured, false);
    }

    /** Whether the field is honoured, by its path of JSON names. */
    boolean honours(String path) {
        return all || honoured.contains(path);
    }

    /** Adds a problem for everything in the request that this release would have to ignore. */
    void check(Message request, Problems problems) {
        walk(request, "", "", problems);
    }

    private void walk(Message message, String at, String path, Problems problems) {
        for (int number : new TreeSet<>(message.getUnknownFields().asMap().keySet())) {
            problems.unknown(at, number);
        }
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            String fieldAt = join(at, field.getJsonName());
            String fieldPath = join(path, field.getJsonName());
            if (honours(fieldPath)) {
                enter(field, entry.getValue(), fieldAt, fieldPath, problems);
            } else if (asks(field, entry.getValue())) {
                problems.unsupported(fieldAt);
            }
        }
    }

    private void enter(FieldDescriptor field, Object value, String at, String path, Problems problems) {
        if (field.isRepeated()) {
            List<?> elements = (List<?>) value;
            for (int i = 0; i < elements.size(); i++) {
                enter(elements.get(i), at + (field.isMapField() ? "" : "[" + i + "]"), path, problems);
            }
        } else {
            enter(value, at, path, problems);
        }
    }

    private void enter(Object value, String at, String path, Problems problems) {
        switch (value) {
            case MapEntry<?, ?> entry -> {
                String own = at + "." + Problems.shown(entry.getKey());
                enter(entry.getKey(), own, path, problems);
                enter(entry.getValue(), own, path, problems);
            }
            case Message message -> walk(message, at, path, problems);
            case String text -> {
                if (text.indexOf('\0') >= 0) {
                    problems.invalid(at, text, "no NUL character");
                }
            }
            default -> {}
        }
    }

    /** Whether ignoring the value would leave something undone that it asks for. */
    private static boolean asks(FieldDescriptor field, Object value) {
        if (field.isRepeated()) {
            return !((List<?>) value).isEmpty();
        }
        return switch (value) {
            case Boolean flag -> flag;
            case Message message ->
                !message.getUnknownFields().asMap().isEmpty()
                        || message.getAllFields().entrySet().stream().anyMatch(e -> asks(e.getKey(), e.getValue()));
            default -> true;
        };
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
