package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.InstanceNames;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Attribute;
import dev.staithe.proto.v1.Resource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Container instances by name, and as users see them. */
final class Instances {
    private Instances() {}

    /** The instance with that id or host name, or the only one whose id begins so. */
    static Optional<ContainerInstance> find(ClusterState state, String cluster, String name) throws IntentException {
        return InstanceNames.find(state, cluster, name);
    }

    static ContainerInstance named(ClusterState state, String cluster, String name) throws IntentException {
        return find(state, cluster, name)
                .orElseThrow(() -> IntentException.of(
                        Reason.CONTAINER_INSTANCE_NOT_FOUND,
                        "Container instance not found: " + IntentException.shown(name) + " in cluster " + cluster));
    }

    static dev.staithe.proto.v1.ContainerInstance message(ClusterState state, ContainerInstance instance) {
        dev.staithe.proto.v1.ContainerInstance.Builder message = dev.staithe.proto.v1.ContainerInstance.newBuilder()
                .setContainerInstanceId(instance.id())
                .setCluster(instance.cluster())
                .setHostName(instance.hostName())
                .setAddress(instance.address())
                .setStatus(instance.status().name())
                .setStatusReason(statusReason(instance))
                .setAgentConnected(instance.agentConnected())
                .setAgentVersion(instance.agentVersion())
                .setDockerVersion(instance.dockerVersion())
                .setRegisteredAt(Requests.timestamp(instance.registeredAtMillis()))
                .setVersion(instance.version());
        instance.attributes()
                .forEach((name, value) -> message.addAttributes(
                        Attribute.newBuilder().setName(name).setValue(value)));
        message.addAllTags(instance.wish().tags());
        for (Task task : state.tasksOfInstance(instance.id())) {
            if (task.status() == TaskStatus.RUNNING) {
                message.setRunningTasksCount(message.getRunningTasksCount() + 1);
            } else if (task.status() == TaskStatus.PENDING) {
                message.setPendingTasksCount(message.getPendingTasksCount() + 1);
            }
        }
        Usage used = state.usage(instance.id());
        return message.addRegisteredResources(amount("CPU", instance.cpu()))
                .addRegisteredResources(amount("MEMORY", instance.memory()))
                .addRegisteredResources(ports("PORTS", instance.reservedTcpPorts(), List.of()))
                .addRegisteredResources(ports("PORTS_UDP", instance.reservedUdpPorts(), List.of()))
                .addRemainingResources(amount("CPU", instance.cpu() - used.cpu()))
                .addRemainingResources(amount("MEMORY", instance.memory() - used.memory()))
                .addRemainingResources(ports(
                        "PORTS", instance.reservedTcpPorts(), used.tcpPorts().keySet()))
                .addRemainingResources(ports(
                        "PORTS_UDP",
                        instance.reservedUdpPorts(),
                        used.udpPorts().keySet()))
                .build();
    }

    private static String statusReason(ContainerInstance instance) {
        if (!instance.agentConnected()) {
            return "the agent is not connected";
        }
        return instance.engineHealthy() ? "" : "the container engine does not answer";
    }

    private static Resource amount(String name, long value) {
        return Resource.newBuilder().setName(name).setIntegerValue(value).build();
    }

    /** As in ECS, ports that are taken, not ports that are left. */
    private static Resource ports(String name, SortedSet<Integer> reserved, Collection<Integer> used) {
        SortedSet<Integer> taken = new TreeSet<>(reserved);
        taken.addAll(used);
        return Resource.newBuilder()
                .setName(name)
                .addAllStringSetValue(taken.stream().map(String::valueOf).toList())
                .build();
    }
}
