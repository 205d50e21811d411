package dev.staithe.agent.model;

import java.util.Comparator;

/**
 * A port of the host, on all of its addresses.
 *
 * @param protocol tcp or udp
 */
public record HostPort(String protocol, int number) implements Comparable<HostPort> {
    public static final String TCP = "tcp";
    public static final String UDP = "udp";

    private static final int LARGEST = 65_535;
    private static final Comparator<HostPort> ORDER =
            Comparator.comparing(HostPort::protocol).thenComparingInt(HostPort::number);

    public HostPort {
        if (!valid(protocol, number)) {
            throw new IllegalArgumentException(number + "/" + protocol + " (expected: 1-" + LARGEST + "/tcp or udp)");
        }
    }

    public static boolean valid(String protocol, int number) {
        return (protocol.equals(TCP) || protocol.equals(UDP)) && number >= 1 && number <= LARGEST;
    }

    @Override
    public int compareTo(HostPort other) {
        return ORDER.compare(this, other);
    }
}
