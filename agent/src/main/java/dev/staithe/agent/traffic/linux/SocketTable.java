package dev.staithe.agent.traffic.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringTokenizer;
import java.util.TreeMap;

/**
 * The TCP sockets of one network, as /proc/PID/net/tcp or tcp6 shows them.
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
     * Counts the connections to each of these ports. A port without one is not in the answer.
     *
     * @param table a file like /proc/PID/net/tcp
     */
    static SortedMap<Integer, Integer> connections(Path table, SortedSet<Integer> ports) throws IOException {
        TreeMap<Integer, Integer> found = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int port = connectedPort(line);
                if (ports.contains(port)) {
                    found.merge(port, 1, Integer::sum);
                }
            }
        }
        return found;
    }

    /** Of a line with number, local address and port, remote address and port, state, ..., in hexadecimal digits; or -1. */
    private static int connectedPort(String line) {
        StringTokenizer fields = new StringTokenizer(line);
        if (fields.countTokens() < 4) {
            return -1;
        }
        fields.nextToken();
        String local = fields.nextToken();
        fields.nextToken();
        return COUNTED.contains(fields.nextToken())
                ? Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16)
                : -1;
    }
}
