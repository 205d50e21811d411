package dev.staithe.agent.traffic.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A directory like /proc with the processes of containers, and the sockets of their networks and the host's. */
final class ProcTree {
    static final String HOST = "self";
    static final String LISTENS = "0A";
    static final String ESTABLISHED = "01";
    static final String SYN_RECV = "03";
    static final String FIN_WAIT2 = "05";
    static final String TIME_WAIT = "06";

    private final Path root;

    ProcTree(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(net(HOST));
        for (Family family : Family.values()) {
            sockets(HOST, family, List.of());
        }
    }

    /** What there are two tables for. */
    enum Family {
        IPV4("tcp", "sockstat", "TCP"),
        IPV6("tcp6", "sockstat6", "TCP6");

        private final String table;
        private final String usage;
        private final String label;

        Family(String table, String usage, String label) {
            this.table = table;
            this.usage = usage;
            this.label = label;
        }
    }

    /** One line of a table, to a port of this network. */
    record Socket(int port, String state) {
        boolean inUse() {
            return !state.equals(TIME_WAIT) && !state.equals(SYN_RECV);
        }
    }

    void container(String id, int pid) throws IOException {
        String process = Integer.toString(pid);
        Files.createDirectories(net(process));
        Files.writeString(root.resolve(process).resolve("cgroup"), "9:pids:/docker/" + id + "\n");
        for (Family family : Family.values()) {
            sockets(process, family, List.of());
        }
    }

    /** These sockets are there, and the kernel counts them as it does. */
    void sockets(String process, Family family, List<Socket> sockets) throws IOException {
        table(process, family, sockets);
        inUse(process, family, (int) sockets.stream().filter(Socket::inUse).count());
    }

    /** The table alone: who finds these has read it. */
    void table(String process, Family family, List<Socket> sockets) throws IOException {
        List<String> lines = new ArrayList<>(List.of("  sl  local_address rem_address   st"));
        for (Socket each : sockets) {
            lines.add("   0: 020011AC:%04X 0207630A:A522 %s 00000000:00000000".formatted(each.port(), each.state()));
        }
        Files.write(net(process).resolve(family.table), lines);
    }

    void inUse(String process, Family family, int number) throws IOException {
        usage(
                process,
                family,
                family.label + ": inuse " + number + " orphan 0 tw 7 alloc 9 mem 1",
                "UDP" + family.label.substring(3) + ": inuse 5");
    }

    void usage(String process, Family family, String... lines) throws IOException {
        Files.write(net(process).resolve(family.usage), Arrays.asList(lines));
    }

    void noUsage(String process, Family family) throws IOException {
        Files.delete(net(process).resolve(family.usage));
    }

    private Path net(String process) {
        return root.resolve(process).resolve("net");
    }
}
