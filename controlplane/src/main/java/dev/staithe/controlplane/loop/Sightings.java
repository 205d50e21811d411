package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.ServiceReconciler;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * What this leader saw with its own clock. Soft state, gone with the leadership: a new leader sees every running task and
 * every host for the first time. Confined to the control loop.
 */
final class Sightings {
    private HashPMap<String, Long> runningSince = HashTreePMap.empty();
    private HashPMap<String, Long> stoppedSince = HashTreePMap.empty();
    private HashPMap<String, Long> failedAt = HashTreePMap.empty();
    private HashPMap<String, Long> heardFrom = HashTreePMap.empty();
    private final Settings settings;
    private long ledSince;

    Sightings(Settings settings) {
        this.settings = settings;
    }

    /** Forgets everything. */
    void clear() {
        runningSince = HashTreePMap.empty();
        stoppedSince = HashTreePMap.empty();
        failedAt = HashTreePMap.empty();
        heardFrom = HashTreePMap.empty();
    }

    /** Begins to lead: everything is seen now. */
    void begin(ClusterState state, long nanos) {
        clear();
        ledSince = nanos;
        state.tasks().forEach(t -> see(t.id(), Optional.empty(), Optional.of(t), nanos));
    }

    void heard(String instanceId, long nanos) {
        heardFrom = heardFrom.plus(instanceId, nanos);
    }

    void changed(ClusterState before, ClusterState after, Batch batch, long nanos) {
        for (StoreEvent event : batch.events()) {
            if (event.key().startsWith(Keys.RUN + "task/")) {
                String id = event.key().substring(event.key().lastIndexOf('/') + 1);
                see(id, before.task(id), after.task(id), nanos);
            } else if (event instanceof StoreEvent.Deleted && event.key().startsWith(Keys.RUN + "instance/")) {
                heardFrom = heardFrom.minus(event.key().substring(event.key().lastIndexOf('/') + 1));
            } else if (event instanceof StoreEvent.Deleted && event.key().startsWith(Keys.RUN + "deployment/")) {
                Keys.numbered(event.key())
                        .ifPresent(d -> failedAt = failedAt.minus(Deployment.id(d.uid(), d.number())));
            }
        }
    }

    private void see(String id, Optional<Task> before, Optional<Task> after, long nanos) {
        boolean running = after.isPresent() && after.get().status() == TaskStatus.RUNNING;
        if (running && !runningSince.containsKey(id)) {
            runningSince = runningSince.plus(id, nanos);
        } else if (!running) {
            runningSince = runningSince.minus(id);
        }
        if (after.isEmpty()) {
            stoppedSince = stoppedSince.minus(id);
        } else if (after.get().stopped() && !stoppedSince.containsKey(id)) {
            stoppedSince = stoppedSince.plus(id, nanos);
        }
        boolean failed = after.isPresent()
                && after.get().stopped()
                && !after.get().standalone()
                && before.isPresent()
                && !before.get().stopped()
                && ServiceReconciler.failedToComeUp(after.get(), settings);
        if (failed) {
            failedAt = failedAt.plus(
                    Deployment.id(after.get().serviceUid(), after.get().generation()), nanos);
        }
    }

    Moment moment(long nanos, long millis) {
        return new Moment(nanos, millis, runningSince, stoppedSince, failedAt, heardFrom, ledSince);
    }
}
