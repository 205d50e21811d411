package dev.staithe.agent.container.docker;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.Volume;
import java.util.Set;

/**
 * The last line of defence: the control plane refuses what is not supported, but it is this process that is root on
 * somebody's host. A field that is set to more than its default and that nobody here honours fails the container.
 */
final class SupportedFields {
    /** Honoured here, or by the agent around the container: essential, stop_timeout, the order of starting, restarts. */
    private static final Set<String> CONTAINER = Set.of(
            "name",
            "image",
            "repository_credentials",
            "cpu",
            "memory",
            "memory_reservation",
            "port_mappings",
            "essential",
            "entry_point",
            "command",
            "environment",
            "environment_files",
            "secrets",
            "mount_points",
            "depends_on",
            "start_timeout",
            "restart_policy",
            "stop_timeout",
            "version_consistency",
            "links",
            "volumes_from",
            "linux_parameters",
            "hostname",
            "disable_networking",
            "privileged",
            "readonly_root_filesystem",
            "dns_servers",
            "dns_search_domains",
            "extra_hosts",
            "docker_security_options",
            "interactive",
            "pseudo_terminal",
            "ulimits",
            "system_controls",
            "user",
            "working_directory",
            "docker_labels",
            "log_configuration",
            "health_check",
            "resource_requirements");

    private static final Set<String> VOLUME =
            Set.of("name", "host", "docker_volume_configuration", "efs_volume_configuration");

    /** Fields of a task that would change what its containers may do on the host. */
    private static final Set<String> DANGEROUS_FOR_TASK = Set.of("proxy_configuration");

    private SupportedFields() {}

    static void check(ContainerRequest request) {
        request.taskDefinition().getAllFields().forEach((field, value) -> {
            if (DANGEROUS_FOR_TASK.contains(field.getName()) && !isDefault(field, value)) {
                throw refusal(field);
            }
        });
        checkOnly(CONTAINER, request.container());
        for (MountPoint mount : request.container().getMountPointsList()) {
            for (Volume volume : request.taskDefinition().getVolumesList()) {
                if (volume.getName().equals(mount.getSourceVolume())) {
                    checkOnly(VOLUME, volume);
                }
            }
        }
    }

    private static void checkOnly(Set<String> supported, Message message) {
        message.getAllFields().forEach((field, value) -> {
            if (!supported.contains(field.getName()) && !isDefault(field, value)) {
                throw refusal(field);
            }
        });
    }

    /** Files written for ECS often spell out defaults: "privileged": false asks for nothing. */
    private static boolean isDefault(FieldDescriptor field, Object value) {
        if (field.isRepeated()) {
            return false;
        }
        if (value instanceof Message message) {
            return message.getAllFields().entrySet().stream().allMatch(e -> isDefault(e.getKey(), e.getValue()));
        }
        return value.equals(field.getDefaultValue());
    }

    private static IllegalArgumentException refusal(FieldDescriptor field) {
        return new IllegalArgumentException(field.getJsonName() + " is not supported by this agent");
    }
}
