package dev.staithe.cli.render;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Instant;
import java.util.stream.Collectors;

/** Task definitions for people. */
public final class TaskDefinitionView {
    private TaskDefinitionView() {}

    /** family:revision. */
    public static String name(TaskDefinition definition) {
        return definition.getFamily() + ":" + definition.getRevision();
    }

    /** The definition in full: its own settings, then one line for each container. */
    public static String text(TaskDefinition definition, Instant now) {
        StringBuilder text = new StringBuilder();
        text.append(name(definition)).append("  ").append(definition.getStatus());
        text.append("  registered ")
                .append(Words.ago(definition.getRegisteredAt(), now))
                .append(" ago\n");
        text.append("network ").append(definition.getNetworkMode().isEmpty() ? "bridge" : definition.getNetworkMode());
        if (!definition.getCpu().isEmpty()) {
            text.append("  cpu ").append(definition.getCpu());
        }
        if (!definition.getMemory().isEmpty()) {
            text.append("  memory ").append(definition.getMemory());
        }
        if (definition.getTagsCount() > 0) {
            text.append("\ntags ").append(Words.tags(definition.getTagsList()));
        }
        text.append("\n\n");
        Table containers = new Table("CONTAINER", "IMAGE", "CPU", "MEMORY", "PORTS", "COMMAND");
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            containers.row(
                    container.getName(),
                    container.getImage(),
                    container.getCpu(),
                    memory(container),
                    container.getPortMappingsList().stream()
                            .map(TaskDefinitionView::port)
                            .collect(Collectors.joining(",")),
                    String.join(" ", container.getCommandList()));
        }
        return text.append(containers).toString();
    }

    private static String memory(ContainerDefinition container) {
        if (container.hasMemory()) {
            return Words.memory(container.getMemory());
        }
        return container.hasMemoryReservation() ? Words.memory(container.getMemoryReservation()) + " soft" : "-";
    }

    private static String port(PortMapping port) {
        String host = port.getHostPort() == 0 ? "" : port.getHostPort() + ":";
        String protocol = port.getProtocol().isEmpty() ? "tcp" : port.getProtocol();
        return host + port.getContainerPort() + "/" + protocol;
    }
}
