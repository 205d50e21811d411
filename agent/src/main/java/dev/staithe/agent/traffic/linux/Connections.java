package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.traffic.Listening;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The connections to the containers of this host, as /proc shows them.
 *
 * <p>A connection to a published port is looked for in two places: in the container's own network, and, under the host's
 * port, in the host's, where Docker's proxy may still hold a part of an answer that has left the container. The host is
 * looked at last, and once for all containers: what has left one of them meanwhile is seen there.
 *
 * <p>Soft state: what was read in the last second, of those that were asked about in that time. Called once at a time.
 */
final class Connections {
    private final Path proc;
    private final Time time;
    private final Network host;
    private final Map<Listening, Container> containers = new LinkedHashMap<>();

    /** A network, and when it was last asked about. */
    private record Container(Network network, long asked) {}

    Connections(Path proc, Time time) {
        this.proc = proc;
        this.time = time;
        this.host = new Network(proc.resolve("self/net"), time);
    }

    /** Counts as {@link LinuxGate#connections} says. */
    List<OptionalInt> count(List<Listening> listenings) {
        long now = time.nanos();
        containers.values().removeIf(container -> now - container.asked() >= CountedTable.STANDS.toNanos());
        List<OptionalInt> own = new ArrayList<>();
        for (Listening each : listenings) {
            own.add(inContainer(each, now));
        }
        if (own.stream().allMatch(OptionalInt::isEmpty)) {
            return own;
        }
        try {
            host.look(hostPorts());
            List<OptionalInt> all = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                SortedSet<Integer> ports = listenings.get(i).listener().hostPorts();
                all.add(
                        own.get(i).isEmpty()
                                ? own.get(i)
                                : OptionalInt.of(withHost(own.get(i).getAsInt(), ports)));
            }
            return all;
        } catch (IOException unseen) {
            return listenings.stream().map(each -> OptionalInt.empty()).toList();
        }
    }

    private int withHost(int own, SortedSet<Integer> ports) throws IOException {
        return own > 0 ? own + host.formerConnections(ports) : host.connections(ports);
    }

    private OptionalInt inContainer(Listening listening, long now) {
        Path process = proc.resolve(Integer.toString(listening.pid()));
        try {
            // The number may be that of another process: of another namespace, or because the container has ended.
            if (listening.pid() <= 0
                    || !Files.readString(process.resolve("cgroup"))
                            .contains(listening.listener().id())) {
                containers.remove(listening);
                return OptionalInt.empty();
            }
            Container known = containers.get(listening);
            Network network = known == null ? new Network(process.resolve("net"), time) : known.network();
            containers.put(listening, new Container(network, now));
            network.look(listening.listener().ports());
            return OptionalInt.of(network.connections(listening.listener().ports()));
        } catch (IOException unseen) {
            containers.remove(listening);
            return OptionalInt.empty();
        }
    }

    /** Of those too that are not asked about this time, but will be: one reading then serves them all. */
    private SortedSet<Integer> hostPorts() {
        TreeSet<Integer> ports = new TreeSet<>();
        containers.keySet().forEach(each -> ports.addAll(each.listener().hostPorts()));
        return ports;
    }
}
