package dev.staithe.agent.traffic.linux;

import dev.staithe.runtime.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;

/**
 * The TCP connections of one network, by IPv4 and IPv6.
 *
 * <p>None are answered only when both tables show none now. A sum that is not zero may be made of former counts, zeros too:
 * see {@link CountedTable}. Belongs to {@link Connections}.
 */
final class Network {
    private final CountedTable version4;
    private final CountedTable version6;

    /**
     * Nothing is read yet.
     *
     * @param net a directory like /proc/PID/net
     */
    Network(Path net, Time time) {
        version4 = new CountedTable(net.resolve("tcp"), net.resolve("sockstat"), "TCP:", time);
        version6 = new CountedTable(net.resolve("tcp6"), net.resolve("sockstat6"), "TCP6:", time);
    }

    /** Begins a look, in which no table is read twice. */
    void look(SortedSet<Integer> ports) {
        version4.look(ports);
        version6.look(ports);
    }

    /** Connections to some of the ports that are looked at. */
    int connections(SortedSet<Integer> ports) throws IOException {
        int found = formerConnections(ports);
        return found > 0 ? found : version4.connections(ports) + version6.connections(ports);
    }

    /** As {@link #connections}, for one who knows of others: it may answer that there were none up to a second ago. */
    int formerConnections(SortedSet<Integer> ports) throws IOException {
        return version4.formerConnections(ports) + version6.formerConnections(ports);
    }
}
