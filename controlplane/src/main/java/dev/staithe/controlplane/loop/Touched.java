package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Keys;
import java.util.Optional;

/** Which instance a change of a key concerns. Pure. */
final class Touched {
    private Touched() {}

    static Optional<String> instance(String key, ClusterState before, ClusterState after) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        if (key.startsWith(Keys.RUN + "task/")) {
            return after.task(id).or(() -> before.task(id)).map(Task::instanceId);
        }
        boolean own = key.startsWith(Keys.RUN + "instance/") || key.startsWith(Keys.INTENT + "host/");
        return own ? Optional.of(id) : Optional.empty();
    }
}
