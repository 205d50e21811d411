package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators, in the leader's log, that the tasks of hosts which fell silent together are held, and when it is over. */
final class BrakeAlarm {
    private static final Logger LOG = LoggerFactory.getLogger(BrakeAlarm.class);

    private BrakeAlarm() {}

    static void tell(ClusterState before, ClusterState after, Batch batch) {
        batch.events().forEach(event -> {
            String cluster = event.key().substring(event.key().lastIndexOf('/') + 1);
            if (event.key().equals(Keys.brake(cluster))) {
                tell(cluster, before.brake(cluster), after.brake(cluster));
            }
        });
    }

    private static void tell(String cluster, Optional<Brake> before, Optional<Brake> after) {
        if (after.isPresent() && before.isEmpty()) {
            LOG.atError()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("silent", after.get().silent())
                    .addKeyValue("hosts", after.get().hosts())
                    .log("many hosts fell silent together: their tasks are not replaced until they are heard again, or"
                            + " somebody releases the brake, or its window ends");
        } else if (after.isEmpty()) {
            LOG.atInfo().addKeyValue("cluster", cluster).log("no more hosts than usual are silent: the brake is off");
        }
    }
}
