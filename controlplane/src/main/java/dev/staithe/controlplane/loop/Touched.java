package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Keys;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which instance a change of a key concerns. Pure. */
final class Touched {
    private static final String SERVICE = "service/";

    private Touched() {}

    static Optional<String> instance(String key, ClusterState before, ClusterState after) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        if (key.startsWith(Keys.RUN + "task/")) {
            return after.task(id).or(() -> before.task(id)).map(Task::instanceId);
        }
        boolean own = key.startsWith(Keys.RUN + "instance/") || key.startsWith(Keys.INTENT + "host/");
        return own ? Optional.of(id) : Optional.empty();
    }

    /** The instances that wait for connections of a service's tasks, when it has changed its mind about how long. */
    static SortedSet<String> draining(String key, ClusterState before, ClusterState after) {
        SortedSet<String> instances = new TreeSet<>();
        if (key.startsWith(Keys.INTENT + SERVICE)) {
            String path = key.substring((Keys.INTENT + SERVICE).length());
            Optional<Service> now = after.serviceAt(path);
            Optional<Duration> was = before.serviceAt(path).map(Touched::draining);
            if (!was.equals(now.map(Touched::draining))) {
                now.stream()
                        .flatMap(service -> after.tasksOfService(service.uid()).stream())
                        .filter(task -> task.stopWanted() && !task.stopped())
                        .forEach(task -> instances.add(task.instanceId()));
            }
        }
        return instances;
    }

    private static Duration draining(Service service) {
        return service.scheduling().connectionDraining();
    }
}
