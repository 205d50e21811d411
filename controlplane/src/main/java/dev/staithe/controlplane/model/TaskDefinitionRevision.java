package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;

/**
 * A registered task definition.
 *
 * @param spec what the user wrote, defaults filled in; the output-only fields are not set
 * @param deregisteredAtMillis 0 while it is ACTIVE
 * @param demand what a task of it takes of a host, without overrides
 */
public record TaskDefinitionRevision(
        TaskDefinitionRef ref, TaskDefinition spec, long registeredAtMillis, long deregisteredAtMillis, Demand demand) {
    /** With these tags: all that may change of it but for its end. */
    public TaskDefinitionRevision tagged(List<Tag> tags) {
        TaskDefinition tagged = spec.toBuilder().clearTags().addAllTags(tags).build();
        return new TaskDefinitionRevision(ref, tagged, registeredAtMillis, deregisteredAtMillis, demand);
    }

    public boolean active() {
        return deregisteredAtMillis == 0;
    }
}
