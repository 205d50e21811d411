package dev.staithe.agent.reconcile;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the request for a container out of an assignment: name, labels, environment, overrides. Pure, and always the same for
 * the same task, so that a container made before a crash is recognised after it.
 */
public final class ContainerRequests {
    private static final int ID_DIGITS_IN_NAME = 12;

    private ContainerRequests() {}

    /**
     * The request for one container.
     *
     * @param container its name; the task's definition has it
     * @param endpoints of this host
     */
    public static ContainerRequest of(AssignedTask task, String container, String instanceId, TaskEndpoints endpoints) {
        ContainerDefinition definition = task.container(container)
                .orElseThrow(() -> new IllegalArgumentException(container + " (expected: a container of the task)"));
        ContainerOverride override = task.overrides().getContainerOverridesList().stream()
                .filter(o -> o.getName().equals(container))
                .findFirst()
                .orElse(ContainerOverride.getDefaultInstance());
        return new ContainerRequest(
                name(task, container),
                task.taskId(),
                overridden(task),
                overridden(task, definition, override, endpoints.variables(task, container)),
                labels(task, container, instanceId),
                task.gpus().getOrDefault(container, List.of()),
                peers(task));
    }

    /** The container's name on its host: staithe-web-3-app-0123456789ab */
    public static String name(AssignedTask task, String container) {
        return "staithe-%s-%d-%s-%s"
                .formatted(
                        task.definition().getFamily(),
                        task.revision(),
                        container,
                        task.taskId().substring(0, ID_DIGITS_IN_NAME));
    }

    private static Map<String, String> peers(AssignedTask task) {
        Map<String, String> names = new TreeMap<>();
        task.definition().getContainerDefinitionsList().forEach(c -> names.put(c.getName(), name(task, c.getName())));
        return names;
    }

    private static Map<String, String> labels(AssignedTask task, String container, String instanceId) {
        TaskDefinition revision =
                task.definition().toBuilder().setRevision(task.revision()).build();
        Map<String, String> labels = ContainerLabels.of(instanceId, task.cluster(), task.taskId(), revision, container);
        labels.put(ContainerLabels.GROUP, task.group());
        return labels;
    }

    private static TaskDefinition overridden(AssignedTask task) {
        TaskDefinition.Builder definition = task.definition().toBuilder();
        if (!task.overrides().getCpu().isEmpty()) {
            definition.setCpu(task.overrides().getCpu());
        }
        if (!task.overrides().getMemory().isEmpty()) {
            definition.setMemory(task.overrides().getMemory());
        }
        if (!task.overrides().getTaskRoleArn().isEmpty()) {
            definition.setTaskRoleArn(task.overrides().getTaskRoleArn());
        }
        return definition.build();
    }

    private static ContainerDefinition overridden(
            AssignedTask task,
            ContainerDefinition definition,
            ContainerOverride override,
            SortedMap<String, String> endpoints) {
        ContainerDefinition.Builder container = definition.toBuilder().setImage(task.image(definition));
        if (override.getCommandCount() > 0) {
            container.clearCommand().addAllCommand(override.getCommandList());
        }
        if (override.hasCpu()) {
            container.setCpu(override.getCpu());
        }
        if (override.hasMemory()) {
            container.setMemory(override.getMemory());
        }
        if (override.hasMemoryReservation()) {
            container.setMemoryReservation(override.getMemoryReservation());
        }
        if (override.getEnvironmentFilesCount() > 0) {
            container.clearEnvironmentFiles().addAllEnvironmentFiles(override.getEnvironmentFilesList());
        }
        return container
                .clearEnvironment()
                .addAllEnvironment(environment(task, definition, override, endpoints))
                .build();
    }

    /** Ours, then the definition's, then the override's: the last one to name a variable wins. */
    private static List<KeyValuePair> environment(
            AssignedTask task,
            ContainerDefinition definition,
            ContainerOverride override,
            SortedMap<String, String> endpoints) {
        Map<String, String> merged = new TreeMap<>(endpoints);
        merged.put("STAITHE_CLUSTER", task.cluster());
        merged.put("STAITHE_CONTAINER_NAME", definition.getName());
        merged.put("STAITHE_TASK_FAMILY", task.definition().getFamily());
        merged.put("STAITHE_TASK_ID", task.taskId());
        merged.put("STAITHE_TASK_REVISION", String.valueOf(task.revision()));
        definition.getEnvironmentList().forEach(pair -> merged.put(pair.getName(), pair.getValue()));
        override.getEnvironmentList().forEach(pair -> merged.put(pair.getName(), pair.getValue()));
        return merged.entrySet().stream()
                .map(e -> KeyValuePair.newBuilder()
                        .setName(e.getKey())
                        .setValue(e.getValue())
                        .build())
                .toList();
    }
}
