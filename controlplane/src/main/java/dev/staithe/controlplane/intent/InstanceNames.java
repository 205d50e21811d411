package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds container instances by what users call them. Pure. */
public final class InstanceNames {
    private static final int SHORTEST_PREFIX = 4;

    private InstanceNames() {}

    /** The instance with that id or host name, or the only one whose id begins so. */
    public static Optional<ContainerInstance> find(ClusterState state, String cluster, String name)
            throws IntentException {
        List<ContainerInstance> matching = state.instances().stream()
                .filter(i -> i.cluster().equals(cluster))
                .filter(i -> i.hostName().equals(name) || (name.length() >= SHORTEST_PREFIX && i.id().startsWith(name)))
                .toList();
        Optional<ContainerInstance> exact =
                matching.stream().filter(i -> i.id().equals(name)).findFirst();
        if (exact.isEmpty() && matching.size() > 1) {
            throw IntentException.of(
                    Reason.AMBIGUOUS,
                    "containerInstance: " + IntentException.shown(name) + " names several container instances ("
                            + matching.stream()
                                    .limit(5)
                                    .map(ContainerInstance::id)
                                    .collect(Collectors.joining(", "))
                            + "); give more of the id");
        }
        return exact.isPresent() ? exact : matching.stream().findFirst();
    }
}
