package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses connections by nftables, or by iptables where that is all there is, and has them counted by {@link Connections}. */
public final class LinuxGate implements ConnectionGate {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxGate.class);
    private static final Pattern OWNER = Pattern.compile("[0-9a-f]{12,}");
    private static final int OWNER_DIGITS = 12;

    private final Connections connections;
    private final List<Firewall> known;
    private volatile Optional<Firewall> firewall = Optional.empty();

    private LinuxGate(Connections connections, List<Firewall> known) {
        this.connections = connections;
        this.known = known;
    }

    /**
     * The gate of this host.
     *
     * @param instanceId hexadecimal digits; what is made on the host has its first twelve in its name
     */
    public static LinuxGate of(String instanceId, Time time) {
        if (!OWNER.matcher(instanceId).matches()) {
            throw new IllegalArgumentException("instanceId: " + instanceId + " (expected: hexadecimal digits)");
        }
        String owner = instanceId.substring(0, OWNER_DIGITS);
        return with(Path.of("/proc"), time, new NftFirewall(owner), new IptablesFirewall(owner));
    }

    static LinuxGate with(Path proc, Time time, Firewall... known) {
        return new LinuxGate(new Connections(proc, time), List.of(known));
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
    public List<OptionalInt> connections(List<Listening> listenings) {
        return connections.count(listenings);
    }
}
