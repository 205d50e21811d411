package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.TaskDefinitionRef;
import java.util.Optional;

/** What tags may be on, as users name it: a kind, a slash and a name. */
sealed interface ResourceName {
    String EXPECTED = "cluster/NAME, service/NAME, task/ID, container-instance/ID, or task-definition/FAMILY:REVISION";

    record OfCluster(String cluster) implements ResourceName {}

    record OfService(String cluster, String name) implements ResourceName {}

    /** By id or unique prefix. */
    record OfTask(String cluster, String id) implements ResourceName {}

    /** By id, unique prefix, or host name. */
    record OfInstance(String cluster, String name) implements ResourceName {}

    /** Of no cluster. */
    record OfTaskDefinition(TaskDefinitionRef ref) implements ResourceName {}

    /**
     * Reads such a name.
     *
     * @param cluster in which it is looked for, unless it is a cluster itself, or of none
     */
    static Optional<ResourceName> parse(String cluster, String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || slash == text.length() - 1) {
            return Optional.empty();
        }
        String name = text.substring(slash + 1);
        return switch (text.substring(0, slash)) {
            case "cluster" -> Names.valid(name) ? Optional.of(new OfCluster(name)) : Optional.empty();
            case "service" -> Names.valid(name) ? Optional.of(new OfService(cluster, name)) : Optional.empty();
            case "task" ->
                TaskRules.ID.matcher(name).matches() ? Optional.of(new OfTask(cluster, name)) : Optional.empty();
            case "container-instance" -> Optional.of(new OfInstance(cluster, name));
            case "task-definition" ->
                Names.definition(name)
                        .flatMap(d -> d.revision()
                                .map(revision -> new OfTaskDefinition(new TaskDefinitionRef(d.family(), revision))));
            default -> Optional.empty();
        };
    }
}
