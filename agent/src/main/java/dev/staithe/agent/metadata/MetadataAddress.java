package dev.staithe.agent.metadata;

import dev.staithe.agent.host.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place at which containers of this host find the agent: an address that the host is given for it, and a port. Blocks.
 *
 * <p>Clients written for ECS ask 169.254.170.2, port 80. Whoever listened there would keep every container from publishing port
 * 80 (Docker listens on all addresses of the host), and Docker's own rules would lead some of the requests to the container that
 * does publish it. So the agent listens on another port, and a rule of nftables, which comes before Docker's, leads the requests
 * there. Without nftables the agent does listen on port 80, and says that tasks cannot have it.
 *
 * <p>What a killed agent left behind, the address with its mark and the rule, is taken over by the next and removed when that
 * one stops in order.
 */
final class MetadataAddress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataAddress.class);
    private static final int HTTP = 80;

    /** Where ECS's agent listens for the same reason. */
    private static final int BEHIND = 51679;

    /** How an address that an agent added is told from one that somebody else needs. */
    private static final String MARK = "lo:staithe";

    private final InetSocketAddress address;
    private final HttpListener listener;
    private final boolean added;
    private final boolean redirected;

    private MetadataAddress(InetSocketAddress address, HttpListener listener, boolean added, boolean redirected) {
        this.address = address;
        this.listener = listener;
        this.added = added;
        this.redirected = redirected;
    }

    /**
     * Gives the host the address, unless it has it, and listens there.
     *
     * @throws IOException with a reason for people; nothing is left behind then
     */
    static MetadataAddress open(InetSocketAddress wanted) throws IOException {
        boolean here = NetworkInterface.getByInetAddress(wanted.getAddress()) != null;
        boolean added = here ? leftBehind(wanted.getAddress()) : add(wanted.getAddress());
        try {
            return wanted.getPort() == HTTP
                    ? behindARule(wanted, added)
                    : new MetadataAddress(wanted, bind(wanted), added, false);
        } catch (IOException cannotListen) {
            if (!here) {
                // One that was here may be of an agent that lives.
                remove(wanted.getAddress());
            }
            throw cannotListen;
        }
    }

    HttpListener listener() {
        return listener;
    }

    /** As it stands in addresses: without the port where that is the usual one. */
    String authority() {
        String host = address.getAddress().getHostAddress();
        int port = address.getPort() == 0 ? listener.address().getPort() : address.getPort();
        return port == HTTP ? host : host + ":" + port;
    }

    /** Ports that tasks of this host cannot publish. */
    SortedSet<Integer> ports() {
        return new TreeSet<>(List.of(listener.address().getPort()));
    }

    @Override
    public void close() {
        listener.close();
        if (redirected) {
            quietly(List.of("nft", "delete", "table", "ip", table(address.getAddress())));
        }
        if (added) {
            remove(address.getAddress());
        }
    }

    private static MetadataAddress behindARule(InetSocketAddress wanted, boolean added) throws IOException {
        InetSocketAddress behind = new InetSocketAddress(wanted.getAddress(), BEHIND);
        HttpListener listener = bind(behind);
        try {
            // Once the port is ours: another agent of this machine may hold both.
            Program.run(List.of("nft", "-f", "-"), rule(wanted, BEHIND));
            return new MetadataAddress(wanted, listener, added, true);
        } catch (IOException noRules) {
            listener.close();
            MetadataAddress direct = new MetadataAddress(wanted, bind(wanted), added, false);
            LOG.atWarn()
                    .addKeyValue("cause", noRules.getMessage())
                    .log(
                            "task metadata is on port 80 itself, which tasks of this host cannot publish; install nftables");
            return direct;
        }
    }

    /** Before Docker's address translation (-100), and before what refuses connections to ports of tasks that end (-150). */
    static String rule(InetSocketAddress from, int port) {
        String host = from.getAddress().getHostAddress();
        String match = "ip daddr %s tcp dport %d dnat to %s:%d".formatted(host, from.getPort(), host, port);
        return """
                add table ip %1$s
                delete table ip %1$s
                table ip %1$s {
                    chain from_containers {
                        type nat hook prerouting priority -160; policy accept;
                        %2$s
                    }
                    chain from_here {
                        type nat hook output priority -160; policy accept;
                        %2$s
                    }
                }
                """.formatted(table(from.getAddress()), match);
    }

    private static String table(InetAddress address) {
        return "staithe_metadata_" + address.getHostAddress().replace('.', '_');
    }

    /** Whether the address is here because of an agent. */
    private static boolean leftBehind(InetAddress address) throws IOException {
        return address.isLinkLocalAddress()
                && Program.end(
                                List.of("ip", "-o", "-4", "addr", "show", "dev", "lo", "to", address.getHostAddress()),
                                "")
                        .words()
                        .contains(MARK);
    }

    private static boolean add(InetAddress address) throws IOException {
        String host = address.getHostAddress();
        if (!address.isLinkLocalAddress()) {
            throw new IOException(
                    host + " is not an address of this host, nor one of 169.254.0.0/16 that it can be given");
        }
        Program.run(List.of("ip", "addr", "add", host + "/32", "dev", "lo", "scope", "host", "label", MARK), "");
        return true;
    }

    private static HttpListener bind(InetSocketAddress address) throws IOException {
        try {
            return HttpListener.bind(address);
        } catch (IOException taken) {
            throw new IOException(
                    address.getAddress().getHostAddress() + ":" + address.getPort() + ": " + taken.getMessage(), taken);
        }
    }

    private static void remove(InetAddress address) {
        quietly(List.of("ip", "addr", "del", address.getHostAddress() + "/32", "dev", "lo"));
    }

    private static void quietly(List<String> command) {
        try {
            Program.run(command, "");
        } catch (IOException left) {
            LOG.atWarn()
                    .addKeyValue("cause", left.getMessage())
                    .log("something of the metadata endpoint is left on the host");
        }
    }
}
