package dev.staithe.controlplane.placement.query;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an expression can ask of a container instance. Tasks count from the moment they are placed until they are stopped,
 * those that are being placed in the same call included.
 */
public interface QuerySubject {
    /** Of {@code agentConnected}. */
    boolean agentConnected();

    /** Of {@code agentVersion}: a semantic version; anything else is greater than, less than and equal to nothing. */
    String agentVersion();

    /** Of {@code attribute:NAME}, built-in and custom. An attribute without a value has an empty one. */
    Map<String, String> attributes();

    /** One of the attributes, or null when there is none of that name; for those who find it without making the map. */
    default @Nullable String attribute(String name) {
        return attributes().get(name);
    }

    /** Of {@code ec2InstanceId}, which is here the id of the container instance: 32 hexadecimal digits. */
    String instanceId();

    /** Of {@code registeredAt}; compared in whole seconds. */
    long registeredAtMillis();

    /** Of {@code runningTasksCount}. */
    int runningTasksCount();

    /** Of {@code task:group}: whether a task of the group is here. */
    boolean hasTaskOfGroup(String group);

    /** Of {@code task:group} when it is matched with a pattern: the groups of the tasks that are here, each once. */
    Collection<String> taskGroups();
}
