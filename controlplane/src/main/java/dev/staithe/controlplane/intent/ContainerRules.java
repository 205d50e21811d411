package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.ResourceRequirement;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a container definition must look like; what is about the kernel, the network, ports, logs, volumes and other containers
 * has rules of its own.
 */
final class ContainerRules {
    /** The engine's largest value of CPU shares. */
    private static final int LARGEST_CPU = 262_144;

    private static final int LONGEST_STOP_SECONDS = 7200;
    private static final Pattern COUNT = Pattern.compile("[1-9]|[1-5][0-9]|6[0-4]");
    private static final Pattern USER = Pattern.compile("[^:\\s]+(:[^:\\s]+)?");
    private static final List<String> RESERVED_LABELS = List.of("dev.staithe.", "com.amazonaws.ecs.");

    private ContainerRules() {}

    static void check(TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        if (container.getName().isEmpty()) {
            problems.say(at + ".name", "Container.name should not be null or empty.");
        } else {
            Names.check(problems, at + ".name", container.getName());
        }
        if (container.getImage().isEmpty()) {
            problems.say(at + ".image", "Container.image should not be null or empty.");
        } else if (!ImageName.valid(container.getImage())) {
            problems.invalid(at + ".image", container.getImage(), ImageName.EXPECTED);
        }
        cpu(at + ".cpu", container.hasCpu(), container.getCpu(), problems);
        memory(definition, container, at, problems);
        environment(container.getEnvironmentList(), at, problems);
        if (!container.getWorkingDirectory().isEmpty()
                && !container.getWorkingDirectory().startsWith("/")) {
            problems.invalid(at + ".workingDirectory", container.getWorkingDirectory(), "an absolute path");
        }
        if (!container.getUser().isEmpty() && !USER.matcher(container.getUser()).matches()) {
            problems.invalid(at + ".user", container.getUser(), "USER or USER:GROUP, by name or number");
        }
        range(
                at + ".stopTimeout",
                container.hasStopTimeout(),
                container.getStopTimeout(),
                0,
                LONGEST_STOP_SECONDS,
                " seconds",
                problems);
        if (!Set.of("", "enabled", "disabled").contains(container.getVersionConsistency())) {
            problems.invalid(at + ".versionConsistency", container.getVersionConsistency(), "enabled or disabled");
        }
        gpus(container.getResourceRequirementsList(), at + ".resourceRequirements", problems);
        labels(container.getDockerLabelsMap(), at + ".dockerLabels", problems);
        if (container.hasLogConfiguration()) {
            LogRules.check(container.getLogConfiguration(), at + ".logConfiguration", problems);
        }
        LinuxRules.check(definition, container, at, problems);
        ContainerNetworkRules.check(definition, container, at, problems);
        if (container.hasHealthCheck()) {
            healthCheck(container.getHealthCheck(), at + ".healthCheck", problems);
        }
    }

    private static void gpus(List<ResourceRequirement> requirements, String at, Problems problems) {
        for (int i = 0; i < requirements.size(); i++) {
            ResourceRequirement requirement = requirements.get(i);
            switch (requirement.getType()) {
                case "GPU" -> {
                    if (i > 0) {
                        problems.say(at + "[" + i + "].type", "GPU, once more (expected: one entry for all GPUs)");
                    }
                    if (!COUNT.matcher(requirement.getValue()).matches()) {
                        problems.invalid(at + "[" + i + "].value", requirement.getValue(), "1-64 GPUs");
                    }
                }
                case "InferenceAccelerator" ->
                    problems.unsupported(at + "[" + i + "].type", requirement.getType(), "GPU");
                default -> problems.invalid(at + "[" + i + "].type", requirement.getType(), "GPU");
            }
        }
    }

    private static void memory(TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        boolean hard = container.hasMemory();
        boolean soft = container.hasMemoryReservation();
        if (!hard && !soft && definition.getMemory().isEmpty()) {
            problems.say(
                    at + ".memory",
                    "Invalid setting for container '" + Problems.shown(container.getName())
                            + "'. At least one of 'memory' or 'memoryReservation' must be specified.");
        }
        memory(at + ".memory", hard, container.getMemory(), problems);
        memory(at + ".memoryReservation", soft, container.getMemoryReservation(), problems);
        if (hard && soft && container.getMemory() <= container.getMemoryReservation()) {
            problems.invalid(
                    at + ".memory",
                    container.getMemory(),
                    "more than the memoryReservation, " + container.getMemoryReservation());
        }
    }

    /** MiB that a container may have. */
    static void memory(String field, boolean present, int mib, Problems problems) {
        range(field, present, mib, Sizes.SMALLEST_MEMORY, Sizes.LARGEST_MEMORY, " MiB", problems);
    }

    static void cpu(String field, boolean present, int units, Problems problems) {
        range(field, present, units, 0, LARGEST_CPU, "", problems);
    }

    static void range(String field, boolean present, int value, int least, int most, String unit, Problems problems) {
        if (present && (value < least || value > most)) {
            problems.invalid(field, value, least + "-" + most + unit);
        }
    }

    static void environment(List<KeyValuePair> environment, String at, Problems problems) {
        for (int i = 0; i < environment.size(); i++) {
            String name = environment.get(i).getName();
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                problems.invalid(at + ".environment[" + i + "].name", name, "a name without =");
            }
        }
    }

    /** Labels are how the agent finds its containers and volumes again: its own cannot be set by users. */
    static void labels(Map<String, String> labels, String field, Problems problems) {
        for (String key : new TreeSet<>(labels.keySet())) {
            if (key.isEmpty() || RESERVED_LABELS.stream().anyMatch(key::startsWith)) {
                problems.invalid(
                        field, key, "a label that begins with neither of " + String.join(" ", RESERVED_LABELS));
            }
        }
    }

    private static void healthCheck(HealthCheck check, String at, Problems problems) {
        List<String> command = check.getCommandList();
        boolean valid = !command.isEmpty()
                && switch (command.getFirst()) {
                    case "CMD" -> command.size() >= 2 && !command.get(1).isEmpty();
                    case "CMD-SHELL" -> command.size() == 2 && !command.get(1).isBlank();
                    case "NONE" -> command.size() == 1;
                    default -> false;
                };
        if (!valid) {
            problems.invalid(
                    at + ".command",
                    command.isEmpty() ? "empty" : String.join(" ", command),
                    "CMD and an executable with its arguments, CMD-SHELL and one command line, or NONE alone");
        }
        range(at + ".interval", check.hasInterval(), check.getInterval(), 5, 300, " seconds", problems);
        range(at + ".timeout", check.hasTimeout(), check.getTimeout(), 2, 60, " seconds", problems);
        range(at + ".retries", check.hasRetries(), check.getRetries(), 1, 10, "", problems);
        range(at + ".startPeriod", check.hasStartPeriod(), check.getStartPeriod(), 0, 300, " seconds", problems);
    }
}
