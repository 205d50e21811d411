package dev.staithe.controlplane.placement;

import com.google.protobuf.Timestamp;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementExplanation;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Why the next task of a request cannot be placed: every host of the cluster with what it lacks.
 *
 * @param waiting how many tasks of the request found no host; at least 1
 * @param hosts every container instance of the cluster, in the order of the host names
 */
public record Explanation(int waiting, List<Host> hosts) {
    /** What a stored explanation names at most: its record has to fit into a transaction. */
    static final int MOST_STORED = 1000;

    private static final Comparator<Host> BY_NAME =
            Comparator.comparing(Host::hostName).thenComparing(Host::instanceId);
    static final Comparator<Host> CLOSEST_FIRST = Comparator.comparing(
                    (Host h) -> h.refused().reason(), Comparator.reverseOrder())
            .thenComparingLong(h -> h.refused().lacking())
            .thenComparing(BY_NAME);

    public Explanation {
        hosts = hosts.stream().sorted(BY_NAME).toList();
    }

    /** What one host lacks. */
    public record Host(String instanceId, String hostName, Verdict.Refused refused) {}

    /** The host that comes closest: the one whose last missing thing is the least. Empty when there are no hosts at all. */
    public Optional<Host> closest() {
        return hosts.stream().min(CLOSEST_FIRST);
    }

    /** As it is stored and shown; of a very large cluster the closest hosts only. */
    public PlacementExplanation message(long sinceMillis) {
        PlacementExplanation.Builder message = PlacementExplanation.newBuilder()
                .setSince(Timestamp.newBuilder()
                        .setSeconds(Math.floorDiv(sinceMillis, 1000L))
                        .setNanos((int) Math.floorMod(sinceMillis, 1000L) * 1_000_000))
                .setWaitingCount(waiting);
        hosts.stream()
                .sorted(CLOSEST_FIRST)
                .limit(MOST_STORED)
                .sorted(BY_NAME)
                .forEach(host -> message.addHosts(HostVerdict.newBuilder()
                        .setContainerInstance(host.instanceId())
                        .setHostName(host.hostName())
                        .setReason(host.refused().reason().code())
                        .setDetail(host.refused().detail())));
        return message.build();
    }
}
