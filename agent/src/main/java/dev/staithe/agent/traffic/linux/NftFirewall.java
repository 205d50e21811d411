package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.host.Program;
import dev.staithe.agent.model.HostPort;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Refuses by a table of our own in nftables, replaced as a whole in one transaction.
 *
 * <p>Its chains come before anybody's address translation, Docker's too: there a packet still has the host's port. The
 * destination has to be one of the host's addresses: the same port of another machine is none of ours. A TCP connection is new
 * when its packet is a SYN and nothing else; connection tracking is not asked, because it may have begun to look after
 * the connection had. Clients on the host itself are told in the output chain, all others in the prerouting chain, which the
 * kernel allows since 5.10.
 */
final class NftFirewall implements Firewall {
    private static final List<String> COMMAND = List.of("nft", "-f", "-");
    private static final List<String> CHECK = List.of("nft", "--check", "-f", "-");
    private static final String RULES = """
                tcp dport @tcp_ports tcp flags & (fin | syn | rst | ack) == syn fib daddr type local reject with tcp reset
                udp dport @udp_ports ct state new fib daddr type local reject
            """;

    private final String table;

    /**
     * A firewall.
     *
     * @param owner letters and digits: which of several agents of this host
     */
    NftFirewall(String owner) {
        this.table = "staithe_" + owner;
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public void check() throws IOException {
        Program.run(CHECK, script(new TreeMap<>(Map.of(new HostPort(HostPort.TCP, 1), "none"))));
    }

    @Override
    public void refuse(SortedMap<HostPort, String> ports) throws IOException {
        Program.run(COMMAND, script(ports));
    }

    /** Adding what may be there and deleting it is how nft says "delete it if it is there". */
    String script(SortedMap<HostPort, String> ports) {
        String gone = "add table inet %1$s\ndelete table inet %1$s\n".formatted(table);
        if (ports.isEmpty()) {
            return gone;
        }
        return gone + """
                table inet %s {
                    set tcp_ports { type inet_service; %s }
                    set udp_ports { type inet_service; %s }
                    chain from_elsewhere {
                        type filter hook prerouting priority -150; policy accept;
                %s    }
                    chain from_here {
                        type filter hook output priority -150; policy accept;
                %s    }
                }
                """.formatted(table, elements(ports, HostPort.TCP), elements(ports, HostPort.UDP), RULES, RULES);
    }

    /** The task stands by its port, for who reads the table. */
    private static String elements(SortedMap<HostPort, String> ports, String protocol) {
        String listed = ports.entrySet().stream()
                .filter(port -> port.getKey().protocol().equals(protocol))
                .map(port -> port.getKey().number() + " comment \"task " + port.getValue() + "\"")
                .collect(Collectors.joining(", "));
        return listed.isEmpty() ? "" : "elements = { " + listed + " }";
    }
}
