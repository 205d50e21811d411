package dev.staithe.agent.traffic.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.StringTokenizer;

/**
 * The TCP sockets of one network, as /proc/PID/net/tcp and tcp6 show them.
 *
 * <p>A connection counts while ending the server now could break something for its client:
 *
 * <table>
 * <caption>States</caption>
 * <tr><td>SYN_RECV (03, 0C)</td><td>let in before its port was refused; its request is about to come</td></tr>
 * <tr><td>ESTABLISHED (01)</td><td>a request may be under way; an idle one looks the same</td></tr>
 * <tr><td>CLOSE_WAIT (08)</td><td>the client has said all it has to say, and waits for the answer</td></tr>
 * <tr><td>FIN_WAIT1 (04), CLOSING (0B), LAST_ACK (09)</td><td>the server is done, but the end of its answer was not
 * acknowledged: with the container goes its network, and what it has still to send</td></tr>
 * </table>
 *
 * <p>FIN_WAIT2 and TIME_WAIT do not: everything has arrived. LISTEN and CLOSE are no connections, SYN_SENT is one of the
 * container's own.
 */
final class SocketTable {
    private static final Set<String> COUNTED = Set.of("01", "03", "04", "08", "09", "0B", "0C");

    private SocketTable() {}

    /**
     * Counts the connections to these ports.
     *
     * @param net a directory like /proc/PID/net
     */
    static int connections(Path net, SortedSet<Integer> ports) throws IOException {
        return count(net.resolve("tcp"), ports) + version6(net.resolve("tcp6"), ports);
    }

    /** Absent where the kernel has no IPv6. */
    private static int version6(Path table, SortedSet<Integer> ports) throws IOException {
        try {
            return count(table, ports);
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    private static int count(Path table, SortedSet<Integer> ports) throws IOException {
        int found = 0;
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                found += counts(line, ports) ? 1 : 0;
            }
        }
        return found;
    }

    /** Number, local address and port, remote address and port, state, ..., in hexadecimal digits. */
    private static boolean counts(String line, SortedSet<Integer> ports) {
        StringTokenizer fields = new StringTokenizer(line);
        if (fields.countTokens() < 4) {
            return false;
        }
        fields.nextToken();
        String local = fields.nextToken();
        fields.nextToken();
        return COUNTED.contains(fields.nextToken())
                && ports.contains(Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16));
    }
}
