package dev.staithe.agent.traffic.linux;

import dev.staithe.runtime.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One {@link SocketTable}, read no more often than it has to be.
 *
 * <p>A reading costs milliseconds, however few sockets there are: the kernel searches the connections of all networks for
 * those of one. How many sockets are in use it knows at once (/proc/PID/net/sockstat): listeners and connections, without those
 * in TIME_WAIT, and without those in SYN_RECV, which need a listener. So while none is in use there is no connection, and
 * while the number stays the same, most probably the connections do. That is trusted for a second; a connection that came for
 * one that went is noticed then. {@link Network} sees to it that nobody is told so that there is none.
 *
 * <p>Where the number cannot be had, the table is read each time.
 */
final class CountedTable {
    /** For how long a reading may stand for the next. */
    static final Duration STANDS = Duration.ofSeconds(1);

    private final Path table;
    private final Path usage;
    private final String label;
    private final Time time;
    private @Nullable Reading last;
    private SortedSet<Integer> ports = new TreeSet<>();
    private OptionalLong inUse = OptionalLong.empty();
    private boolean readNow;

    /**
     * A complete reading.
     *
     * @param inUse the number before it, so that whatever changes meanwhile makes another number later
     * @param ports that were looked for
     */
    private record Reading(
            OptionalLong inUse, long nanos, SortedSet<Integer> ports, SortedMap<Integer, Integer> connections) {}

    /**
     * Nothing is read yet.
     *
     * @param table like /proc/PID/net/tcp
     * @param usage like /proc/PID/net/sockstat
     * @param label of the line in it that counts the table's sockets
     */
    CountedTable(Path table, Path usage, String label, Time time) {
        this.table = table;
        this.usage = usage;
        this.label = label;
        this.time = time;
    }

    /** Begins a look, in which the table is read once at most, for all these ports together. */
    void look(SortedSet<Integer> wanted) {
        ports = wanted;
        inUse = inUse();
        readNow = false;
        // Forgotten at the first other number: one that comes back later says nothing.
        if (last != null && !stands(last)) {
            last = null;
        }
    }

    /** Connections to some of the ports that are looked at, as they are now. */
    int connections(SortedSet<Integer> some) throws IOException {
        if (none()) {
            return 0;
        }
        return sum(readNow && last != null ? last : read(), some);
    }

    /** As they are now or were when the table was last read, if nothing speaks against it. */
    int formerConnections(SortedSet<Integer> some) throws IOException {
        Reading reading = last;
        return reading != null ? sum(reading, some) : connections(some);
    }

    private boolean none() {
        return inUse.isPresent() && inUse.getAsLong() == 0;
    }

    private boolean stands(Reading reading) {
        return inUse.isPresent()
                && inUse.equals(reading.inUse())
                && time.nanos() - reading.nanos() < STANDS.toNanos()
                && reading.ports().containsAll(ports);
    }

    private Reading read() throws IOException {
        long now = time.nanos();
        Reading reading = new Reading(inUse, now, ports, found());
        last = reading;
        readNow = true;
        return reading;
    }

    /** The table of IPv6 is absent where the kernel has none. */
    private SortedMap<Integer, Integer> found() throws IOException {
        try {
            return SocketTable.connections(table, ports);
        } catch (NoSuchFileException none) {
            if (table.endsWith("tcp6")) {
                return new TreeMap<>();
            }
            throw none;
        }
    }

    private static int sum(Reading reading, SortedSet<Integer> some) {
        return some.stream()
                .mapToInt(port -> reading.connections().getOrDefault(port, 0))
                .sum();
    }

    /** Of a line like {@code TCP: inuse 4 orphan 0 tw 2 alloc 9 mem 1}. */
    private OptionalLong inUse() {
        try (BufferedReader lines = Files.newBufferedReader(usage, StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.trim().split(" +", -1);
                if (words.length > 2 && words[0].equals(label) && words[1].equals("inuse")) {
                    return OptionalLong.of(Long.parseLong(words[2]));
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
