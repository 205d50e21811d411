package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.host.Program;
import dev.staithe.agent.model.HostPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Refuses by a chain of our own in iptables' filter table, for hosts without nftables or with a kernel before 5.10.
 *
 * <p>There a packet to a published port has had its address translated already: it is known by the port that its connection
 * was first meant for. What goes to the host itself, to Docker's proxy or to a task in the host's network, is known by its own
 * port. IPv4 and IPv6 are two programs; a host without the second is refused by the first alone.
 */
final class IptablesFirewall implements Firewall {
    private static final List<String> JUMPS = List.of("INPUT", "FORWARD", "OUTPUT");
    private static final List<String> FAMILIES = List.of("iptables", "ip6tables");

    private final String chain;

    /**
     * A firewall.
     *
     * @param owner letters and digits, at most 16: which of several agents of this host
     */
    IptablesFirewall(String owner) {
        this.chain = "STAITHE-" + owner;
    }

    @Override
    public String name() {
        return "iptables";
    }

    @Override
    public void check() throws IOException {
        String script = script(new TreeMap<>(Map.of(new HostPort(HostPort.TCP, 1), "none")), List.of());
        Program.run(List.of("iptables-restore", "--test", "--noflush", "--wait"), script);
    }

    @Override
    public void refuse(SortedMap<HostPort, String> ports) throws IOException {
        for (String family : FAMILIES) {
            try {
                refuse(family, ports);
            } catch (IOException failed) {
                if (family.equals(FAMILIES.getFirst()) || usable(family)) {
                    throw failed;
                }
            }
        }
    }

    private void refuse(String family, SortedMap<HostPort, String> ports) throws IOException {
        List<String> jumps = new ArrayList<>();
        for (String from : JUMPS) {
            if (Program.end(List.of(family, "--wait", "-C", from, "-j", chain), "")
                            .status()
                    == 0) {
                jumps.add(from);
            }
        }
        boolean there =
                Program.end(List.of(family, "--wait", "-n", "-L", chain), "").status() == 0;
        if (ports.isEmpty() && !there) {
            return;
        }
        Program.run(
                List.of(family + "-restore", "--noflush", "--wait"),
                ports.isEmpty() ? removal(jumps) : script(ports, jumps));
    }

    private static boolean usable(String family) {
        try {
            return Program.end(List.of(family, "--wait", "-n", "-L", "INPUT"), "")
                            .status()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /** To name a chain empties it, or makes it. */
    String script(SortedMap<HostPort, String> ports, List<String> jumps) {
        StringBuilder script = new StringBuilder("*filter\n:" + chain + " - [0:0]\n");
        ports.forEach((port, task) -> rules(port)
                .forEach(rule ->
                        script.append("-A %s -m comment --comment \"task %s\" %s\n".formatted(chain, task, rule))));
        JUMPS.stream()
                .filter(from -> !jumps.contains(from))
                .forEach(from -> script.append("-I " + from + " -j " + chain + "\n"));
        return script.append("COMMIT\n").toString();
    }

    private static List<String> rules(HostPort port) {
        String here = "-m addrtype --dst-type LOCAL";
        String translated = "-m conntrack --ctstate DNAT --ctorigdstport " + port.number();
        return port.protocol().equals(HostPort.TCP)
                ? List.of(
                        "-p tcp --syn --dport " + port.number() + " " + here + " -j REJECT --reject-with tcp-reset",
                        "-p tcp --syn " + translated + " -j REJECT --reject-with tcp-reset")
                : List.of(
                        "-p udp --dport " + port.number() + " " + here + " -m conntrack --ctstate NEW -j REJECT",
                        "-p udp " + translated + " -m conntrack --ctstate NEW -j REJECT");
    }

    private String removal(List<String> jumps) {
        StringBuilder script = new StringBuilder("*filter\n");
        jumps.forEach(from -> script.append("-D " + from + " -j " + chain + "\n"));
        return script.append("-F %1$s\n-X %1$s\nCOMMIT\n".formatted(chain)).toString();
    }
}
