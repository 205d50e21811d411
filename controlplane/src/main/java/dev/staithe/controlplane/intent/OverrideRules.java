package dev.staithe.controlplane.intent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What RunTask may override of a task definition. */
final class OverrideRules {
    /** Characters of its JSON form, as in ECS. */
    private static final int LARGEST = 8192;

    private OverrideRules() {}

    /** The overrides, with sizes written as numbers. */
    static TaskOverride checked(TaskDefinition definition, TaskOverride overrides) throws IntentException {
        Problems problems = new Problems();
        int size = characters(overrides);
        if (size > LARGEST) {
            problems.invalid("overrides", size + " characters of JSON", "at most " + LARGEST);
        }
        Optional<Integer> cpu = Sizes.cpu(overrides.getCpu());
        if (!overrides.getCpu().isEmpty() && cpu.isEmpty()) {
            problems.invalid("overrides.cpu", overrides.getCpu(), Sizes.EXPECTED_CPU);
        }
        Optional<Integer> memory = Sizes.memory(overrides.getMemory());
        if (!overrides.getMemory().isEmpty() && memory.isEmpty()) {
            problems.invalid("overrides.memory", overrides.getMemory(), Sizes.EXPECTED_MEMORY);
        }
        SecretRules.role("overrides.taskRoleArn", overrides.getTaskRoleArn(), problems);
        Set<String> seen = new HashSet<>();
        List<ContainerOverride> containers = overrides.getContainerOverridesList();
        for (int i = 0; i < containers.size(); i++) {
            String at = "overrides.containerOverrides[" + i + "]";
            container(definition, containers.get(i), at, problems);
            if (!seen.add(containers.get(i).getName())) {
                problems.invalid(at + ".name", containers.get(i).getName(), "each container once");
            }
        }
        problems.throwIfAny();

        TaskOverride.Builder checked = overrides.toBuilder();
        cpu.ifPresent(units -> checked.setCpu(units.toString()));
        memory.ifPresent(mib -> checked.setMemory(mib.toString()));
        return checked.build();
    }

    private static int characters(TaskOverride overrides) {
        try {
            return JsonFormat.printer()
                    .omittingInsignificantWhitespace()
                    .print(overrides)
                    .length();
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("a message without Any is printable", impossible);
        }
    }

    private static void container(TaskDefinition definition, ContainerOverride override, String at, Problems problems) {
        Optional<ContainerDefinition> container = definition.getContainerDefinitionsList().stream()
                .filter(c -> c.getName().equals(override.getName()))
                .findFirst();
        if (container.isEmpty()) {
            problems.invalid(at + ".name", override.getName(), "a container of " + definition.getFamily());
            return;
        }
        ContainerRules.cpu(at + ".cpu", override.hasCpu(), override.getCpu(), problems);
        ContainerRules.memory(at + ".memory", override.hasMemory(), override.getMemory(), problems);
        ContainerRules.memory(
                at + ".memoryReservation", override.hasMemoryReservation(), override.getMemoryReservation(), problems);
        ContainerRules.environment(override.getEnvironmentList(), at, problems);
        SecretRules.environmentFiles(override.getEnvironmentFilesList(), at + ".environmentFiles", problems);
        limits(container.get(), override, at, problems);
    }

    /** The hard limit must stay above the soft one, whichever of the two is overridden. */
    private static void limits(
            ContainerDefinition container, ContainerOverride override, String at, Problems problems) {
        boolean hard = override.hasMemory() || container.hasMemory();
        boolean soft = override.hasMemoryReservation() || container.hasMemoryReservation();
        int memory = override.hasMemory() ? override.getMemory() : container.getMemory();
        int reservation =
                override.hasMemoryReservation() ? override.getMemoryReservation() : container.getMemoryReservation();
        boolean overridden = override.hasMemory() || override.hasMemoryReservation();
        if (overridden && hard && soft && memory <= reservation) {
            problems.invalid(at + ".memory", memory, "more than the memoryReservation, " + reservation);
        }
    }
}
