package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Clusters;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.ClusterView;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The state, for calls. */
final class View {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long FIRST_REVISION = 1;

    private final ClusterView view;

    View(ClusterView view) {
        this.view = view;
    }

    /** The newest state. Until the first one is loaded, there is nothing to answer from. */
    ClusterState current() throws IntentException {
        ClusterState state = view.current();
        if (state.revision() >= FIRST_REVISION) {
            return state;
        }
        ClusterState loaded = view.await(FIRST_REVISION, patience());
        if (loaded.revision() < FIRST_REVISION) {
            throw IntentException.storeUnavailable("the state has not been loaded yet");
        }
        return loaded;
    }

    /** A state that shows the write; where it takes too long to arrive, the newest there is. */
    ClusterState after(long revision) {
        return view.await(revision, patience());
    }

    /** The newest state, without waiting. */
    ClusterState newest() {
        return view.current();
    }

    AutoCloseable subscribe(Consumer<ClusterState> consumer) {
        return view.subscribe(consumer);
    }

    /** No longer than the caller waits. */
    private static Duration patience() {
        Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return PATIENCE;
        }
        Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
        return left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
    }

    /** The name of a cluster that there is; "default" where none is named. */
    static String cluster(ClusterState state, String name) throws IntentException {
        String cluster = Clusters.named(name);
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
        return cluster;
    }

    static Service service(ClusterState state, String clusterName, String name) throws IntentException {
        String cluster = cluster(state, clusterName);
        return state.service(cluster, name)
                .orElseThrow(() -> IntentException.of(
                        Reason.SERVICE_NOT_FOUND,
                        "Service not found: " + IntentException.shown(name) + " in cluster " + cluster));
    }
}
