package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Keys;
import java.util.Optional;

/** Which instance has to hear of a change of a key. Pure. */
final class Touched {
    private Touched() {}

    static Optional<String> instance(String key, ClusterState before, ClusterState after) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        if (key.startsWith(Keys.RUN + "task/")) {
            return after.task(id).or(() -> before.task(id)).map(Task::instanceId);
        }
        return key.startsWith(Keys.RUN + "instance/") ? Optional.of(id) : Optional.empty();
    }
}
