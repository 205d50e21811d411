package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.TaskDemand;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerDependency;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Checks again, at this host's own door, what a control plane hands over: a host does not have to trust its control plane
 * with its file system. Pure.
 */
public final class AssignmentCheck {
    private static final Pattern TASK_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,255}");
    private static final Pattern VOLUME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,254}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern GPU = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final List<String> CONDITIONS = List.of("START", "COMPLETE", "SUCCESS", "HEALTHY");
    private static final int MOST_CONTAINERS = 10;
    private static final int LEAST_PERIOD = 60;
    private static final int MOST_PERIOD = 1800;

    private final HostPolicyCheck host;

    /** A check that knows what this host gives to tasks. */
    public AssignmentCheck(HostPolicy policy) {
        host = new HostPolicyCheck(policy);
    }

    /** Whether the id may become part of file and container names. */
    public static boolean taskId(String id) {
        return TASK_ID.matcher(id).matches();
    }

    /** Why this task cannot be run here; empty when it can. */
    public Optional<String> problem(AssignedTask task) {
        var definition = task.definition();
        var containers = definition.getContainerDefinitionsList();
        if (!NAME.matcher(definition.getFamily()).matches()) {
            return refusal("family", definition.getFamily(), "1-255 letters, digits, - and _");
        }
        if (containers.isEmpty() || containers.size() > MOST_CONTAINERS) {
            return refusal("containerDefinitions", containers.size() + " entries", "1-10");
        }
        TreeSet<String> volumes = new TreeSet<>();
        for (int i = 0; i < definition.getVolumesCount(); i++) {
            Optional<String> problem = volume("volumes[" + i + "]", definition.getVolumes(i));
            if (problem.isPresent()) {
                return problem;
            }
            volumes.add(definition.getVolumes(i).getName());
        }
        TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < containers.size(); i++) {
            Optional<String> problem = container("containerDefinitions[" + i + "]", containers.get(i), volumes);
            if (problem.isPresent()) {
                return problem;
            }
            if (!names.add(containers.get(i).getName())) {
                return refusal(
                        "containerDefinitions[" + i + "].name",
                        containers.get(i).getName(),
                        "a name used once");
            }
        }
        return host.problem(definition)
                .or(() -> order(definition))
                .or(() -> SecretCheck.problem(definition))
                .or(() -> sizes(task))
                .or(() -> reserved(task));
    }

    private static Optional<String> sizes(AssignedTask task) {
        try {
            TaskDemand demand = TaskDemand.of(task);
            return demand.cpu() < 0 || demand.memory() < 0
                    ? refusal("cpu, memory", demand.cpu() + ", " + demand.memory(), "no less than 0")
                    : Optional.empty();
        } catch (IllegalArgumentException noSize) {
            return Optional.of("HostConfigError: " + noSize.getMessage());
        }
    }

    /** What concerns the order and the life of containers: it must come to an end, and may not wear the host out. */
    private static Optional<String> order(TaskDefinition definition) {
        var containers = definition.getContainerDefinitionsList();
        for (int i = 0; i < containers.size(); i++) {
            String at = "containerDefinitions[" + i + "]";
            for (ContainerDependency dependency : containers.get(i).getDependsOnList()) {
                if (!CONDITIONS.contains(dependency.getCondition())) {
                    return refusal(
                            at + ".dependsOn.condition",
                            dependency.getCondition(),
                            "START, COMPLETE, SUCCESS or HEALTHY");
                }
                if (containers.stream().noneMatch(c -> c.getName().equals(dependency.getContainerName()))) {
                    return refusal(
                            at + ".dependsOn.containerName", dependency.getContainerName(), "a container of the task");
                }
            }
            ContainerRestartPolicy policy = containers.get(i).getRestartPolicy();
            int period = policy.getRestartAttemptPeriod();
            if (policy.hasRestartAttemptPeriod() && (period < LEAST_PERIOD || period > MOST_PERIOD)) {
                return refusal(at + ".restartPolicy.restartAttemptPeriod", period + "", "60-1800 seconds");
            }
        }
        return Dependencies.cycle(definition)
                .flatMap(circle ->
                        refusal("containerDefinitions", String.join(" -> ", circle), "dependencies without a cycle"));
    }

    /** What the control plane settled for the task, beside its definition: it becomes part of image names and device requests. */
    private static Optional<String> reserved(AssignedTask task) {
        for (var image : task.imageDigests().entrySet()) {
            if (!DIGEST.matcher(image.getValue()).matches()) {
                return refusal("imageDigests." + image.getKey(), image.getValue(), "sha256: and 64 hexadecimal digits");
            }
        }
        for (var gpus : task.gpus().entrySet()) {
            for (String id : gpus.getValue()) {
                if (!GPU.matcher(id).matches()) {
                    return refusal("gpus." + gpus.getKey(), id, "1-64 letters, digits and -");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> container(String at, ContainerDefinition container, Set<String> volumes) {
        if (!NAME.matcher(container.getName()).matches()) {
            return refusal(at + ".name", container.getName(), "1-255 letters, digits, - and _");
        }
        if (container.getImage().isBlank()) {
            return refusal(at + ".image", "nothing", "an image");
        }
        List<MountPoint> mounts = container.getMountPointsList();
        for (int i = 0; i < mounts.size(); i++) {
            MountPoint mount = mounts.get(i);
            if (!volumes.contains(mount.getSourceVolume())) {
                return refusal(
                        at + ".mountPoints[" + i + "].sourceVolume", mount.getSourceVolume(), "a volume of the task");
            }
            if (!plainAbsolute(mount.getContainerPath())) {
                return refusal(
                        at + ".mountPoints[" + i + "].containerPath",
                        mount.getContainerPath(),
                        "an absolute path without ..");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> volume(String at, Volume volume) {
        if (!VOLUME.matcher(volume.getName()).matches()) {
            return refusal(at + ".name", volume.getName(), "1-255 letters, digits, -, _ and .");
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
}
