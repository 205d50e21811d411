package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.TaskDefinition;

/**
 * A registered task definition.
 *
 * @param spec what the user wrote, defaults filled in; the output-only fields are not set
 * @param deregisteredAtMillis 0 while it is ACTIVE
 * @param demand what a task of it takes of a host, without overrides
 */
public record TaskDefinitionRevision(
        TaskDefinitionRef ref, TaskDefinition spec, long registeredAtMillis, long deregisteredAtMillis, Demand demand) {
    public boolean active() {
        return deregisteredAtMillis == 0;
    }
}
