package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.NetworkAddress;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Task metadata, version 4, in ECS's shapes and words. Where ECS has an ARN there is the id that Staithe knows the thing by, as
 * in the labels {@code com.amazonaws.ecs.*}. What is not known is left out. Pure.
 */
final class MetadataDocuments {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double UNITS_OF_A_CORE = 1024;
    private static final String SERVICE_GROUP = "service:";

    private final String zone;

    /** @param zone where the host is; empty = not known */
    MetadataDocuments(String zone) {
        this.zone = zone;
    }

    /** {@code /task} */
    ObjectNode task(HeldTask held) {
        LocalTask task = held.task();
        ObjectNode document = JSON.objectNode();
        AssignedTask assignment = task.assignment();
        document.put("Cluster", held.cluster());
        document.put("TaskARN", task.taskId());
        if (assignment != null) {
            document.put("Family", assignment.definition().getFamily());
            if (assignment.group().startsWith(SERVICE_GROUP)) {
                document.put("ServiceName", assignment.group().substring(SERVICE_GROUP.length()));
            }
            document.put("Revision", Integer.toString(assignment.revision()));
        }
        document.put("DesiredStatus", desired(task));
        document.put("KnownStatus", known(task));
        if (assignment != null) {
            limits(assignment.definition()).ifPresent(limits -> document.set("Limits", limits));
        }
        time(document, "PullStartedAt", task.progress().times().pullStartedAt());
        time(document, "PullStoppedAt", task.progress().times().pullStoppedAt());
        time(document, "ExecutionStoppedAt", task.progress().times().stoppingAt());
        if (!zone.isEmpty()) {
            document.put("AvailabilityZone", zone);
        }
        document.put("LaunchType", "EC2");
        ArrayNode containers = document.putArray("Containers");
        task.containers().stream()
                .filter(LocalContainer::onEngine)
                .forEach(container -> containers.add(container(held, container)));
        return document;
    }

    /** {@code /}: one container. */
    ObjectNode container(HeldTask held, LocalContainer container) {
        LocalTask task = held.task();
        ObjectNode document = JSON.objectNode();
        Optional<ContainerView> seen = held.view(container);
        Optional<ContainerDefinition> definition = held.definition(container.name());
        document.put("DockerId", container.runtimeId());
        document.put("Name", container.name());
        document.put("DockerName", seen.map(ContainerView::name).orElse(""));
        document.put("Image", definition.map(ContainerDefinition::getImage).orElse(container.image()));
        seen.ifPresent(view -> {
            document.put("ImageID", view.imageId());
            ObjectNode labels = document.putObject("Labels");
            new TreeMap<>(view.labels()).forEach(labels::put);
        });
        document.put("DesiredStatus", container.over() ? "STOPPED" : desired(task));
        document.put("KnownStatus", known(container.phase()));
        definition.ifPresent(d -> document.putObject("Limits")
                .put("CPU", d.getCpu())
                .put("Memory", d.getMemory() > 0 ? d.getMemory() : d.getMemoryReservation()));
        seen.ifPresent(view -> time(document, "CreatedAt", view.presence().createdAtMillis()));
        time(document, "StartedAt", container.startedAt());
        seen.ifPresent(view -> time(document, "FinishedAt", view.finishedAtMillis()));
        container.exitCode().ifPresent(code -> document.put("ExitCode", code));
        document.put("Type", "NORMAL");
        definition.filter(ContainerDefinition::hasLogConfiguration).ifPresent(d -> {
            document.put("LogDriver", d.getLogConfiguration().getLogDriver());
            ObjectNode options = document.putObject("LogOptions");
            new TreeMap<>(d.getLogConfiguration().getOptionsMap()).forEach(options::put);
        });
        document.put("ContainerARN", task.taskId() + "/" + container.name());
        health(document, container);
        document.set("Networks", networks(seen));
        if (!container.ports().isEmpty()) {
            document.set("Ports", ports(container.ports()));
        }
        return document;
    }

    static ArrayNode networks(Optional<ContainerView> seen) {
        ArrayNode networks = JSON.arrayNode();
        if (seen.isEmpty()) {
            return networks;
        }
        List<NetworkAddress> addresses = seen.get().presence().addresses();
        if (addresses.isEmpty()) {
            networks.addObject()
                    .put("NetworkMode", seen.get().presence().networkMode())
                    .putArray("IPv4Addresses");
        }
        for (NetworkAddress address : addresses) {
            ObjectNode network = networks.addObject().put("NetworkMode", address.network());
            ArrayNode ipv4 = network.putArray("IPv4Addresses");
            if (!address.ipv4().isEmpty()) {
                ipv4.add(address.ipv4());
            }
            if (!address.ipv6().isEmpty()) {
                network.putArray("IPv6Addresses").add(address.ipv6());
            }
            if (!address.mac().isEmpty()) {
                network.put("MACAddress", address.mac());
            }
        }
        return networks;
    }

    static ArrayNode ports(List<PortBinding> bindings) {
        ArrayNode ports = JSON.arrayNode();
        for (PortBinding binding : bindings) {
            ports.addObject()
                    .put("ContainerPort", binding.containerPort())
                    .put("Protocol", binding.protocol())
                    .put("HostPort", binding.hostPort())
                    .put("HostIp", binding.bindIp());
        }
        return ports;
    }

    static String desired(LocalTask task) {
        AssignedTask assignment = task.assignment();
        boolean ends = task.status().compareTo(Status.DEACTIVATING) >= 0
                || (assignment != null && assignment.desired() == Desired.STOPPED);
        return ends ? "STOPPED" : "RUNNING";
    }

    /** As ECS's agent counts: what the one of its containers has reached that has come least far. */
    static String known(LocalTask task) {
        return switch (task.status()) {
            case PENDING ->
                known(task.containers().stream()
                        .map(LocalContainer::phase)
                        .min(Comparator.naturalOrder())
                        .orElse(Phase.WAITING));
            case RUNNING, DEACTIVATING, STOPPING -> "RUNNING";
            case STOPPED -> "STOPPED";
        };
    }

    static String known(Phase phase) {
        return switch (phase) {
            case WAITING -> "NONE";
            case PULLED -> "PULLED";
            case CREATED -> "CREATED";
            case RUNNING -> "RUNNING";
            case STOPPED -> "STOPPED";
        };
    }

    private static void health(ObjectNode document, LocalContainer container) {
        String status = switch (container.health()) {
            case HEALTHY -> "HEALTHY";
            case UNHEALTHY -> "UNHEALTHY";
            case STARTING -> "UNKNOWN";
            case NONE -> "";
        };
        if (container.health() != Health.NONE) {
            ObjectNode health = document.putObject("Health").put("status", status);
            if (!container.healthOutput().isEmpty()) {
                health.put("output", container.healthOutput());
            }
        }
    }

    /** Of the task as a whole: processors, not units, and MiB; both as numbers. */
    private static Optional<ObjectNode> limits(TaskDefinition definition) {
        ObjectNode limits = JSON.objectNode();
        if (!definition.getCpu().isEmpty()) {
            limits.put("CPU", Long.parseLong(definition.getCpu()) / UNITS_OF_A_CORE);
        }
        if (!definition.getMemory().isEmpty()) {
            limits.put("Memory", Long.parseLong(definition.getMemory()));
        }
        return limits.isEmpty() ? Optional.empty() : Optional.of(limits);
    }

    private static void time(ObjectNode document, String name, long millis) {
        if (millis > 0) {
            document.put(name, Instant.ofEpochMilli(millis).toString());
        }
    }
}
