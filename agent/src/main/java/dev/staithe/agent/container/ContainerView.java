package dev.staithe.agent.container;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A container as the engine shows it.
 *
 * @param exitCode present once it ran and stopped
 * @param error the engine's own words when it could not be started; else empty
 * @param startedAtMillis by the host's clock; 0 = not yet
 * @param ports published ports, with the host ports that the engine chose; empty while it does not run
 * @param presence how the host itself sees it; never kept in the ledger
 */
public record ContainerView(
        String id,
        String name,
        Map<String, String> labels,
        String imageId,
        State state,
        OptionalInt exitCode,
        boolean oomKilled,
        String error,
        long startedAtMillis,
        long finishedAtMillis,
        Health health,
        String healthOutput,
        List<PortBinding> ports,
        Presence presence) {
    public ContainerView {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
    }

    /** Where the container is in its life. */
    public enum State {
        CREATED,
        RUNNING,
        STOPPED
    }

    /** What its health check says; NONE when it has none. */
    public enum Health {
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /**
     * What a container is to its host: a process with addresses. True of one run of the container, and of this boot.
     *
     * @param createdAtMillis by the host's clock; 0 = not known
     * @param pid of its first process, as the engine's host counts them; 0 while it does not run
     * @param networkMode the engine's words: {@code bridge}, {@code host}, {@code none}, {@code container:ID} or a network's name
     * @param addresses its own, one for each network; empty while it does not run and where the network is another's
     */
    public record Presence(long createdAtMillis, int pid, String networkMode, List<NetworkAddress> addresses) {
        public static final Presence UNKNOWN = new Presence(0, 0, "", List.of());

        public Presence {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Where a container is on one network.
     *
     * @param network the engine's name of it
     * @param ipv4 empty when it has none
     * @param ipv6 empty when it has none
     * @param mac empty when it has none
     */
    public record NetworkAddress(String network, String ipv4, String ipv6, String mac) {}

    /** One published port. */
    public record PortBinding(String bindIp, int containerPort, int hostPort, String protocol) {}
}
