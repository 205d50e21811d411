package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.RuntimePlatform;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Attributes of a host by which its agent says what tasks may ask of it, in ECS's words where it has any, and which of them a
 * definition needs. Pure.
 *
 * <p>The agent checks the same once more, by rules of its own: it does not have to believe that it was asked for.
 */
public final class HostAbilities {
    /** Containers may have the powers of the host's root: see {@link #commandsTheHost}. */
    public static final String PRIVILEGED = "com.amazonaws.ecs.capability.privileged-container";

    /** Tasks may be in the process and IPC namespaces of the host. */
    public static final String HOST_NAMESPACES = "ecs.capability.host-namespaces";

    /** The container engine has the log driver. */
    public static final String LOG_DRIVER = "ecs.capability.logging-driver.";

    /** Containers can ask for the credentials of their task's role. */
    public static final String ROLES = "com.amazonaws.ecs.capability.task-iam-role";

    /** Each of these is a way to the host's files, memory or kernel. */
    private static final Set<String> ROOT_CAPABILITIES =
            Set.of("ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO");

    private static final Set<String> FOREIGN_FILE_SYSTEMS = Set.of("tmpfs", "nfs", "nfs4", "cifs", "smb3");

    private HostAbilities() {}

    /** Names of attributes to the values that they must have; an empty value means any. */
    static SortedMap<String, String> neededBy(TaskDefinition definition) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            if (container.hasLogConfiguration()) {
                attributes.put(LOG_DRIVER + container.getLogConfiguration().getLogDriver(), "");
            }
            if (commandsTheHost(container)) {
                attributes.put(PRIVILEGED, "");
            }
        }
        if (definition.getVolumesList().stream().anyMatch(HostAbilities::mountsAFileSystemOfTheHost)) {
            attributes.put(PRIVILEGED, "");
        }
        if (definition.getPidMode().equals("host") || definition.getIpcMode().equals("host")) {
            attributes.put(HOST_NAMESPACES, "");
        }
        if (!definition.getTaskRoleArn().isEmpty()) {
            attributes.put(ROLES, "");
        }
        RuntimePlatform platform = definition.getRuntimePlatform();
        if (!platform.getCpuArchitecture().isEmpty()) {
            attributes.put("ecs.cpu-architecture", platform.getCpuArchitecture().equals("ARM64") ? "arm64" : "x86_64");
        }
        if (!platform.getOperatingSystemFamily().isEmpty()) {
            attributes.put("ecs.os-family", platform.getOperatingSystemFamily());
        }
        return attributes;
    }

    /**
     * Whether the container, once it runs, can do on the host what it likes: privileged, or by a capability, a device or a
     * security option that comes to the same.
     */
    private static boolean commandsTheHost(ContainerDefinition container) {
        var linux = container.getLinuxParameters();
        return container.getPrivileged()
                || linux.getDevicesCount() > 0
                || linux.getCapabilities().getAddList().stream().anyMatch(ROOT_CAPABILITIES::contains)
                || container.getDockerSecurityOptionsList().stream().anyMatch(HostAbilities::opens);
    }

    private static boolean opens(String securityOption) {
        return securityOption.endsWith("unconfined") || securityOption.endsWith("disable");
    }

    /** Whether the engine's driver is to mount a device or a layer of the host, rather than a directory that can be checked. */
    private static boolean mountsAFileSystemOfTheHost(Volume volume) {
        var docker = volume.getDockerVolumeConfiguration();
        boolean local = docker.getDriver().isEmpty() || docker.getDriver().equals("local");
        String type = docker.getDriverOptsOrDefault("type", "");
        boolean bind = List.of(docker.getDriverOptsOrDefault("o", "").split(",", -1)).stream()
                .anyMatch(o -> o.equals("bind") || o.equals("rbind"));
        return local && !type.isEmpty() && !bind && !FOREIGN_FILE_SYSTEMS.contains(type);
    }

    /** Words for what a host that lacks the attribute does not do; empty when its name says it. */
    public static String lacking(String attribute) {
        return switch (attribute) {
            case PRIVILEGED -> "the host's task policy forbids privileged containers, and what comes to the same";
            case HOST_NAMESPACES -> "the host's task policy forbids pidMode and ipcMode host";
            case ROLES ->
                "its agent gives no credentials to containers: endpoints.metadata is off or could not be opened";
            default ->
                attribute.startsWith(LOG_DRIVER)
                        ? "its container engine has no log driver " + attribute.substring(LOG_DRIVER.length())
                        : "";
        };
    }
}
