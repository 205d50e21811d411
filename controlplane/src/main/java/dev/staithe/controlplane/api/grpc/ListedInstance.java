package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.placement.query.ClusterQuery;
import dev.staithe.controlplane.placement.query.QuerySubject;
import dev.staithe.controlplane.placement.query.QuerySyntaxException;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A container instance as the filter of a list sees it: as the state has it. */
record ListedInstance(ClusterState state, ContainerInstance instance) implements QuerySubject {
    /** What the request's filter lets through: all when there is none. */
    static Predicate<ContainerInstance> filter(ClusterState state, String expression) throws IntentException {
        if (expression.isEmpty()) {
            return instance -> true;
        }
        try {
            ClusterQuery query = ClusterQuery.parse(expression);
            return instance -> query.matches(new ListedInstance(state, instance));
        } catch (QuerySyntaxException bad) {
            throw IntentException.invalid("filter", bad.line());
        }
    }

    @Override
    public boolean agentConnected() {
        return instance.agentConnected();
    }

    @Override
    public String agentVersion() {
        return instance.agentVersion();
    }

    @Override
    public Map<String, String> attributes() {
        return instance.attributes();
    }

    @Override
    public @Nullable String attribute(String name) {
        return instance.attribute(name);
    }

    @Override
    public String instanceId() {
        return instance.id();
    }

    @Override
    public long registeredAtMillis() {
        return instance.registeredAtMillis();
    }

    @Override
    public int runningTasksCount() {
        return Math.toIntExact(tasks().count());
    }

    @Override
    public boolean hasTaskOfGroup(String group) {
        return tasks().anyMatch(t -> t.group().equals(group));
    }

    @Override
    public Collection<String> taskGroups() {
        Collection<String> groups = new TreeSet<>();
        tasks().forEach(t -> groups.add(t.group()));
        return groups;
    }

    private Stream<Task> tasks() {
        return state.tasksOfInstance(instance.id()).stream().filter(t -> t.status() != TaskStatus.STOPPED);
    }
}
