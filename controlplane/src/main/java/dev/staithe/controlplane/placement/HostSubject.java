package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.placement.query.QuerySubject;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host as the cluster query language sees it, with the tasks that were placed on it in this pass. */
record HostSubject(ContainerInstance host, Capacity capacity) implements QuerySubject {
    @Override
    public boolean agentConnected() {
        return host.agentConnected();
    }

    @Override
    public String agentVersion() {
        return host.agentVersion();
    }

    @Override
    public Map<String, String> attributes() {
        return host.attributes();
    }

    @Override
    public @Nullable String attribute(String name) {
        return host.attribute(name);
    }

    @Override
    public String instanceId() {
        return host.id();
    }

    @Override
    public long registeredAtMillis() {
        return host.registeredAtMillis();
    }

    @Override
    public int runningTasksCount() {
        return capacity.tasks(host);
    }

    @Override
    public boolean hasTaskOfGroup(String group) {
        return capacity.tasksOf(group, host) > 0;
    }

    @Override
    public Collection<String> taskGroups() {
        return capacity.groupsOn(host);
    }
}
