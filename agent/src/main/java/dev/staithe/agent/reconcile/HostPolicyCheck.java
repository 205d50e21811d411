package dev.staithe.agent.reconcile;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a task would have of this host, compared with what the host gives: paths, powers, namespaces. Pure; where a path leads
 * by links is found out when the task begins.
 */
final class HostPolicyCheck {
    /** Each of these is a way to the host's files, memory or kernel. */
    private static final List<String> ROOT_CAPABILITIES =
            List.of("ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO");

    /** Names of volumes that agents make for one task. */
    private static final String OF_TASKS = "staithe-";

    private final HostPolicy policy;

    HostPolicyCheck(HostPolicy policy) {
        this.policy = policy;
    }

    /** Why this task may not run here; empty when it may. */
    Optional<String> problem(TaskDefinition task) {
        return paths(task).or(() -> volumes(task)).or(() -> powers(task)).or(() -> namespaces(task));
    }

    private Optional<String> paths(TaskDefinition task) {
        for (HostPath host : HostPath.of(task)) {
            if (!plainAbsolute(host.path())) {
                return refusal(host.field(), host.path(), "an absolute path without ..");
            }
            Optional<Path> kept = policy.givenAwayBy(Path.of(host.path()));
            if (kept.isPresent()) {
                return refusal(
                        host.field(), host.path(), "a path apart from " + kept.get() + ", which tasks may not have");
            }
        }
        return Optional.empty();
    }

    /** The engine knows volumes by name alone: under a shared one's name nobody gets at another task's. */
    private static Optional<String> volumes(TaskDefinition task) {
        for (int i = 0; i < task.getVolumesCount(); i++) {
            Volume volume = task.getVolumes(i);
            if (volume.getDockerVolumeConfiguration().getScope().equals("shared")
                    && volume.getName().startsWith(OF_TASKS)) {
                return refusal(
                        "volumes[" + i + "].name",
                        volume.getName(),
                        "a name that does not begin with " + OF_TASKS + " with scope shared");
            }
        }
        return Optional.empty();
    }

    private Optional<String> powers(TaskDefinition task) {
        if (policy.privileged()) {
            return Optional.empty();
        }
        for (int i = 0; i < task.getContainerDefinitionsCount(); i++) {
            Optional<String> power = power(task.getContainerDefinitions(i));
            if (power.isPresent()) {
                return forbidden("containerDefinitions[" + i + "]." + power.get(), "taskPolicy.privileged");
            }
        }
        for (int i = 0; i < task.getVolumesCount(); i++) {
            if (HostPath.mountsAFileSystem(task.getVolumes(i).getDockerVolumeConfiguration())) {
                return forbidden(
                        "volumes[" + i + "].dockerVolumeConfiguration.driverOpts.type", "taskPolicy.privileged");
            }
        }
        return Optional.empty();
    }

    /** The field that gives the container the powers of the host's root. */
    private static Optional<String> power(ContainerDefinition container) {
        var linux = container.getLinuxParameters();
        if (container.getPrivileged()) {
            return Optional.of("privileged");
        }
        if (linux.getDevicesCount() > 0) {
            return Optional.of("linuxParameters.devices");
        }
        if (linux.getCapabilities().getAddList().stream().anyMatch(ROOT_CAPABILITIES::contains)) {
            return Optional.of("linuxParameters.capabilities.add");
        }
        return container.getDockerSecurityOptionsList().stream().allMatch(HostPolicyCheck::confines)
                ? Optional.empty()
                : Optional.of("dockerSecurityOptions");
    }

    private static boolean confines(String option) {
        boolean known = option.startsWith("no-new-privileges")
                || option.startsWith("apparmor")
                || option.startsWith("label")
                || option.startsWith("seccomp");
        return known && !option.endsWith("unconfined") && !option.endsWith("disable") && !option.contains("{");
    }

    private Optional<String> namespaces(TaskDefinition task) {
        if (policy.hostNamespaces()) {
            return Optional.empty();
        }
        for (String field : List.of("pidMode", "ipcMode")) {
            String mode = field.equals("pidMode") ? task.getPidMode() : task.getIpcMode();
            if (mode.equals("host")) {
                return forbidden(field, "taskPolicy.hostNamespaces");
            }
        }
        return Optional.empty();
    }

    private static boolean plainAbsolute(String path) {
        if (path.indexOf('\0') >= 0) {
            return false;
        }
        Path parsed = Path.of(path);
        return parsed.isAbsolute() && parsed.normalize().equals(parsed);
    }

    private static Optional<String> refusal(String field, String value, String expected) {
        return Optional.of("HostConfigError: " + field + ": " + value + " (expected: " + expected + ")");
    }

    private static Optional<String> forbidden(String field, String setting) {
        return Optional.of("HostConfigError: " + field + ": this host does not give it to tasks (" + setting
                + " of its agent is false)");
    }
}
