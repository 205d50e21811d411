package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.Timestamp;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Gpus;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.ContainerDefinition;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tasks as users see them. */
final class TaskMessages {
    private TaskMessages() {}

    static dev.staithe.proto.v1.Task of(ClusterState state, Task task) {
        dev.staithe.proto.v1.Task.Builder message = dev.staithe.proto.v1.Task.newBuilder()
                .setTaskId(task.id())
                .setCluster(task.cluster())
                .setTaskDefinition(task.taskDefinition().toString())
                .setContainerInstance(task.instanceId())
                .setGroup(task.group())
                .setStartedBy(task.startedBy())
                .setLastStatus(task.status().name())
                .setDesiredStatus(task.wantedNoMore() ? "STOPPED" : "RUNNING")
                .setHealthStatus(task.health().name())
                .setVersion(task.version())
                .setStopCode(task.stopCode())
                .setStoppedReason(task.stoppedReason())
                .addAllContainers(containers(state, task))
                .addAllTags(task.marks().tags())
                .setLaunchType("EC2")
                .setReferenceId(task.marks().referenceId())
                .setEnableExecuteCommand(task.marks().executeCommand());
        at(task.marks().protectedUntilMillis()).ifPresent(message::setProtectionExpiresAt);
        Optional<ContainerInstance> instance = state.instance(task.instanceId());
        instance.ifPresent(i -> message.setHostName(i.hostName()).setHostAddress(i.address()));
        message.setConnectivity(
                instance.filter(ContainerInstance::agentConnected).isPresent() ? "CONNECTED" : "DISCONNECTED");
        times(task.times(), message);
        return message.build();
    }

    private static void times(Task.Times times, dev.staithe.proto.v1.Task.Builder message) {
        at(times.createdAt()).ifPresent(message::setCreatedAt);
        at(times.pullStartedAt()).ifPresent(message::setPullStartedAt);
        at(times.pullStoppedAt()).ifPresent(message::setPullStoppedAt);
        at(times.startedAt()).ifPresent(message::setStartedAt);
        at(times.stoppingAt()).ifPresent(message::setStoppingAt);
        at(times.stoppedAt()).ifPresent(message::setStoppedAt);
    }

    private static Optional<Timestamp> at(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Requests.timestamp(millis));
    }

    /** In the order of the definition; those that the host has not spoken of yet are PENDING, or never ran. */
    private static List<Container> containers(ClusterState state, Task task) {
        var reported = task.containers().stream()
                .collect(Collectors.toMap(TaskContainer::name, Function.identity(), (first, second) -> first));
        List<ContainerDefinition> definitions = state.taskDefinition(task.taskDefinition())
                .map(TaskDefinitionRevision::spec)
                .map(spec -> spec.getContainerDefinitionsList())
                .orElse(List.of());
        SortedMap<String, List<String>> gpus = state.taskDefinition(task.taskDefinition())
                .map(d -> Gpus.shared(d.spec(), task.marks().gpus()))
                .orElseGet(TreeMap::new);
        return definitions.stream()
                .map(definition -> {
                    TaskContainer container = reported.get(definition.getName());
                    Container.Builder message = container == null ? unreported(task) : message(container);
                    return message.setName(definition.getName())
                            .setImage(definition.getImage())
                            .addAllGpuIds(gpus.getOrDefault(definition.getName(), List.of()))
                            .build();
                })
                .toList();
    }

    private static Container.Builder unreported(Task task) {
        return Container.newBuilder()
                .setLastStatus(task.stopped() ? "STOPPED" : "PENDING")
                .setHealthStatus(Health.UNKNOWN.name());
    }

    private static Container.Builder message(TaskContainer container) {
        Container.Builder message = Container.newBuilder()
                .setRuntimeId(container.runtimeId())
                .setLastStatus(container.status())
                .setReason(container.reason())
                .setImageDigest(container.imageDigest())
                .setRestartCount(container.restarts())
                .addAllNetworkBindings(container.networkBindings())
                .setHealthStatus(container.health().name());
        container.exitCode().ifPresent(message::setExitCode);
        if (container.health() != Health.HEALTHY) {
            message.setHealthOutput(container.healthOutput());
        }
        return message;
    }
}
