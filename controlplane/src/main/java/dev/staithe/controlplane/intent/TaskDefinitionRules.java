package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a task definition must look like as a whole: ECS's rules, and the container engine's where they are stricter. */
final class TaskDefinitionRules {
    /** Bytes of the message. */
    static final int LARGEST = 64 * 1024;

    private static final int MOST_CONTAINERS = 10;
    private static final Set<String> LATER_COMPATIBILITIES = Set.of("FARGATE", "MANAGED_INSTANCES");
    private static final Set<String> COMPATIBILITIES = Set.of("EC2", "EXTERNAL");

    private TaskDefinitionRules() {}

    static void check(TaskDefinition definition) throws IntentException {
        if (definition.getSerializedSize() > LARGEST) {
            throw IntentException.invalid(
                    "taskDefinition", definition.getSerializedSize() + " bytes (expected: at most " + LARGEST + ")");
        }
        Problems problems = new Problems();
        outputOnly(definition, problems);
        SupportedFields.TASK_DEFINITION.check(
                definition.toBuilder()
                        .clearExecutionRoleArn()
                        .clearRevision()
                        .clearStatus()
                        .clearRegisteredAt()
                        .clearDeregisteredAt()
                        .build(),
                problems);
        Names.check(problems, "family", definition.getFamily());
        SecretRules.role("taskRoleArn", definition.getTaskRoleArn(), problems);
        SecretRules.executionRole("executionRoleArn", definition.getExecutionRoleArn(), problems);
        networkMode(definition.getNetworkMode(), problems);
        compatibilities(definition.getRequiresCompatibilitiesList(), problems);
        platform(definition, problems);
        TagRules.check(problems, "tags", definition.getTagsList());
        PlacementRules.checkDefinition(definition.getPlacementConstraintsList(), problems);
        VolumeRules.check(definition, problems);
        containers(definition, problems);
        PeerRules.check(definition, problems);
        PortRules.check(definition, problems);
        OrderRules.check(definition, problems);
        sizes(definition, problems);
        problems.throwIfAny();
    }

    private static void outputOnly(TaskDefinition definition, Problems problems) {
        outputOnly("revision", definition.hasRevision(), problems);
        outputOnly("status", !definition.getStatus().isEmpty(), problems);
        outputOnly("registeredAt", definition.hasRegisteredAt(), problems);
        outputOnly("deregisteredAt", definition.hasDeregisteredAt(), problems);
    }

    private static void outputOnly(String field, boolean present, Problems problems) {
        if (present) {
            problems.say(field, "set, but the control plane fills it in (expected: absent)");
        }
    }

    private static void networkMode(String mode, Problems problems) {
        switch (mode) {
            case "", "bridge", "host", "none" -> {}
            case "awsvpc" -> problems.unsupported("networkMode", mode, "bridge, host or none");
            default -> problems.invalid("networkMode", mode, "bridge, host or none");
        }
    }

    private static void compatibilities(List<String> wanted, Problems problems) {
        for (int i = 0; i < wanted.size(); i++) {
            String field = "requiresCompatibilities[" + i + "]";
            if (LATER_COMPATIBILITIES.contains(wanted.get(i))) {
                problems.unsupported(field, wanted.get(i), "EC2 or EXTERNAL");
            } else if (!COMPATIBILITIES.contains(wanted.get(i))) {
                problems.invalid(field, wanted.get(i), "EC2 or EXTERNAL");
            }
        }
    }

    private static void platform(TaskDefinition definition, Problems problems) {
        String architecture = definition.getRuntimePlatform().getCpuArchitecture();
        if (!Set.of("", "X86_64", "ARM64").contains(architecture)) {
            problems.invalid("runtimePlatform.cpuArchitecture", architecture, "X86_64 or ARM64");
        }
        String system = definition.getRuntimePlatform().getOperatingSystemFamily();
        if (system.startsWith("WINDOWS_")) {
            problems.unsupported("runtimePlatform.operatingSystemFamily", system, "LINUX");
        } else if (!Set.of("", "LINUX").contains(system)) {
            problems.invalid("runtimePlatform.operatingSystemFamily", system, "LINUX");
        }
    }

    private static void containers(TaskDefinition definition, Problems problems) {
        List<ContainerDefinition> containers = definition.getContainerDefinitionsList();
        if (containers.isEmpty() || containers.size() > MOST_CONTAINERS) {
            problems.invalid("containerDefinitions", containers.size() + " containers", "1-" + MOST_CONTAINERS);
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < containers.size(); i++) {
            String at = "containerDefinitions[" + i + "]";
            ContainerRules.check(definition, containers.get(i), at, problems);
            SecretRules.check(containers.get(i), at, problems);
            Integer first = names.putIfAbsent(containers.get(i).getName(), i);
            if (first != null && !containers.get(i).getName().isEmpty()) {
                problems.invalid(
                        at + ".name",
                        containers.get(i).getName(),
                        "a name of its own; containerDefinitions[" + first + "] has it");
            }
        }
        if (!containers.isEmpty() && containers.stream().noneMatch(TaskDefinitionRules::essential)) {
            problems.say("containerDefinitions", "no container is essential (expected: at least one)");
        }
    }

    /** Unless it says otherwise, a container is essential. */
    private static boolean essential(ContainerDefinition container) {
        return !container.hasEssential() || container.getEssential();
    }

    /** What the containers reserve together must fit into the task. */
    private static void sizes(TaskDefinition definition, Problems problems) {
        size("cpu", definition.getCpu(), Sizes.cpu(definition.getCpu()), Sizes.EXPECTED_CPU, problems)
                .ifPresent(units -> {
                    long sum = definition.getContainerDefinitionsList().stream()
                            .mapToLong(ContainerDefinition::getCpu)
                            .sum();
                    if (sum > units) {
                        problems.invalid("cpu", definition.getCpu(), "at least what its containers ask for, " + sum);
                    }
                });
        size("memory", definition.getMemory(), Sizes.memory(definition.getMemory()), Sizes.EXPECTED_MEMORY, problems)
                .ifPresent(mib -> {
                    long sum = definition.getContainerDefinitionsList().stream()
                            .mapToLong(c -> c.hasMemoryReservation() ? c.getMemoryReservation() : c.getMemory())
                            .sum();
                    if (sum > mib) {
                        problems.invalid(
                                "memory",
                                definition.getMemory(),
                                "at least what its containers ask for, " + sum + " MiB");
                    }
                });
    }

    private static Optional<Integer> size(
            String field, String text, Optional<Integer> parsed, String expected, Problems problems) {
        if (!text.isEmpty() && parsed.isEmpty()) {
            problems.invalid(field, text, expected);
        }
        return parsed;
    }
}
