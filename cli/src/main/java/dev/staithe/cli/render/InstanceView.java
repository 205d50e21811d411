package dev.staithe.cli.render;

import dev.staithe.proto.v1.Attribute;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.Resource;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Container instances for people. */
public final class InstanceView {
    private InstanceView() {}

    /**
     * One line for each host.
     *
     * @param chosen whether these are only those that a user asked for: that there are none does not mean that there are no
     *     hosts
     */
    public static String table(List<ContainerInstance> instances, boolean chosen, Instant now) {
        Table table = new Table(
                "HOST", "ZONE", "STATUS", "AGENT", "RUNNING", "PENDING", "CPU FREE", "MEMORY FREE", "ADDRESS", "AGE");
        for (ContainerInstance instance : byName(instances)) {
            table.row(
                    instance.getHostName(),
                    attribute(instance, "ecs.availability-zone"),
                    instance.getStatus(),
                    instance.getAgentConnected() ? "connected" : "lost",
                    instance.getRunningTasksCount(),
                    instance.getPendingTasksCount(),
                    amount(instance.getRemainingResourcesList(), "CPU") + "/"
                            + amount(instance.getRegisteredResourcesList(), "CPU"),
                    Words.memory(
                            amount(instance.getRemainingResourcesList(), "MEMORY"),
                            amount(instance.getRegisteredResourcesList(), "MEMORY")),
                    instance.getAddress(),
                    Words.ago(instance.getRegisteredAt(), now));
        }
        return table.orElse(
                chosen
                        ? "no container instance is like that; `staithe instance list` shows all that can take tasks"
                        : "no container instances: start an agent, here with `staithe dev up`");
    }

    /** One host in full. */
    public static String text(ContainerInstance instance, Instant now) {
        Page page = new Page(17);
        page.line("host " + instance.getHostName() + "  " + instance.getStatus());
        page.field("why", instance.getStatusReason());
        page.field("id", instance.getContainerInstanceId());
        page.field("cluster", instance.getCluster());
        page.field("address", instance.getAddress());
        page.field(
                "agent",
                (instance.getAgentConnected() ? "connected" : "lost") + ", version " + instance.getAgentVersion());
        page.field("container engine", instance.getDockerVersion());
        page.field(
                "tasks", instance.getRunningTasksCount() + " running, " + instance.getPendingTasksCount() + " pending");
        page.field(
                "registered",
                Words.time(instance.getRegisteredAt()) + " (" + Words.ago(instance.getRegisteredAt(), now) + " ago)");
        page.gap();
        Table resources = new Table("RESOURCE", "IN ALL", "FREE");
        for (Resource resource : instance.getRegisteredResourcesList()) {
            Resource remaining = resource(instance.getRemainingResourcesList(), resource.getName());
            resources.row(resource.getName(), value(resource), value(remaining));
        }
        Table attributes = new Table("ATTRIBUTE", "VALUE");
        for (Attribute attribute : instance.getAttributesList()) {
            attributes.row(attribute.getName(), attribute.getValue());
        }
        return page + resources.orElse("no resources") + "\n\n" + attributes.orElse("no attributes")
                + (instance.getTagsCount() == 0 ? "" : "\n\n" + TagView.table(instance.getTagsList()));
    }

    /**
     * Attributes of several hosts, one line each.
     *
     * @param hosts their names by their ids
     */
    public static String attributes(List<InstanceAttribute> attributes, Map<String, String> hosts) {
        Table table = new Table("HOST", "ATTRIBUTE", "VALUE");
        attributes.stream()
                .map(a -> List.of(
                        hosts.getOrDefault(a.getContainerInstance(), a.getContainerInstance()),
                        a.getName(),
                        a.getValue()))
                .sorted(Comparator.comparing((List<String> row) -> row.get(0)).thenComparing(row -> row.get(1)))
                .forEach(row -> table.row(row.get(0), row.get(1), row.get(2)));
        return table.orElse("no such attributes");
    }

    private static List<ContainerInstance> byName(List<ContainerInstance> instances) {
        return instances.stream()
                .sorted(Comparator.comparing(ContainerInstance::getHostName)
                        .thenComparing(ContainerInstance::getContainerInstanceId))
                .toList();
    }

    private static String attribute(ContainerInstance instance, String name) {
        return instance.getAttributesList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .map(Attribute::getValue)
                .findFirst()
                .orElse("");
    }

    private static long amount(List<Resource> resources, String name) {
        return resource(resources, name).getIntegerValue();
    }

    private static Resource resource(List<Resource> resources, String name) {
        return resources.stream()
                .filter(resource -> resource.getName().equals(name))
                .findFirst()
                .orElse(Resource.getDefaultInstance());
    }

    private static String value(Resource resource) {
        return switch (resource.getName()) {
            case "MEMORY" -> Words.memory(resource.getIntegerValue());
            case "PORTS", "PORTS_UDP" ->
                resource.getStringSetValueCount() == 0
                        ? "none reserved"
                        : String.join(",", resource.getStringSetValueList()) + " reserved";
            default -> String.valueOf(resource.getIntegerValue());
        };
    }
}
