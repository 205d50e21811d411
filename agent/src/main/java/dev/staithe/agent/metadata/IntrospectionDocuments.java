package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import java.util.Optional;

/** Tasks in the shapes of the ECS agent's introspection. Pure. */
final class IntrospectionDocuments {
    private IntrospectionDocuments() {}

    static ObjectNode task(HeldTask held) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("Arn", held.task().taskId());
        document.put("DesiredStatus", MetadataDocuments.desired(held.task()));
        document.put("KnownStatus", MetadataDocuments.known(held.task()));
        AssignedTask assignment = held.task().assignment();
        if (assignment != null) {
            document.put("Family", assignment.definition().getFamily());
            document.put("Version", Integer.toString(assignment.revision()));
        }
        ArrayNode containers = document.putArray("Containers");
        for (LocalContainer container : held.task().containers()) {
            if (container.onEngine()) {
                Optional<ContainerView> seen = held.view(container);
                ObjectNode each = containers.addObject();
                each.put("DockerId", container.runtimeId());
                each.put("DockerName", seen.map(ContainerView::name).orElse(""));
                each.put("Name", container.name());
                each.put("KnownStatus", MetadataDocuments.known(container.phase()));
                each.set("Networks", MetadataDocuments.networks(seen));
                if (!container.ports().isEmpty()) {
                    each.set("Ports", MetadataDocuments.ports(container.ports()));
                }
            }
        }
        return document;
    }
}
