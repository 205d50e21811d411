package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.ConnectionGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses connections by nftables, or by iptables where that is all there is, and counts them in /proc.
 *
 * <p>A connection to a published port is looked for in two places: in the container's own network, and, under the host's
 * port, in the host's, where Docker's proxy may still hold a part of an answer that has left the container.
 */
public final class LinuxGate implements ConnectionGate {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxGate.class);
    private static final Pattern OWNER = Pattern.compile("[0-9a-f]{12,}");
    private static final int OWNER_DIGITS = 12;

    private final Path proc;
    private final List<Firewall> known;
    private volatile Optional<Firewall> firewall = Optional.empty();

    private LinuxGate(Path proc, List<Firewall> known) {
        this.proc = proc;
        this.known = known;
    }

    /**
     * The gate of this host.
     *
     * @param instanceId hexadecimal digits; what is made on the host has its first twelve in its name
     */
    public static LinuxGate of(String instanceId) {
        if (!OWNER.matcher(instanceId).matches()) {
            throw new IllegalArgumentException("instanceId: " + instanceId + " (expected: hexadecimal digits)");
        }
        String owner = instanceId.substring(0, OWNER_DIGITS);
        return new LinuxGate(Path.of("/proc"), List.of(new NftFirewall(owner), new IptablesFirewall(owner)));
    }

    static LinuxGate with(Path proc, Firewall... known) {
        return new LinuxGate(proc, List.of(known));
    }

    @Override
    public boolean works() {
        List<String> why = new ArrayList<>();
        for (Firewall each : known) {
            try {
                each.check();
                firewall = Optional.of(each);
                LOG.atDebug().log("tasks that are to stop refuse connections by {}", each.name());
                return true;
            } catch (IOException unusable) {
                why.add(String.valueOf(unusable.getMessage()));
            }
        }
        LOG.atWarn()
                .addKeyValue("cause", String.join("; ", why))
                .log("connections cannot be refused on this host: tasks that are to stop get new ones until they do."
                        + " Install nftables, and run the agent as root");
        return false;
    }

    @Override
    public void refuse(SortedMap<HostPort, String> ports) throws IOException {
        if (firewall.isPresent()) {
            firewall.get().refuse(ports);
        }
    }

    @Override
    public OptionalInt connections(Listener listener, int pid) {
        Path process = proc.resolve(Integer.toString(pid));
        try {
            // The number may be that of another process: of another namespace, or because the container has ended.
            if (pid <= 0 || !Files.readString(process.resolve("cgroup")).contains(listener.id())) {
                return OptionalInt.empty();
            }
            return OptionalInt.of(SocketTable.connections(process.resolve("net"), listener.ports())
                    + SocketTable.connections(proc.resolve("self/net"), listener.hostPorts()));
        } catch (IOException unseen) {
            return OptionalInt.empty();
        }
    }
}
