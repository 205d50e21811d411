package dev.staithe.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * What happened, line by line. Every event of the scheduler goes into a running digest, and every line carries the digest
 * as it was: two runs with the same lines took the same steps, those that were worth no line included.
 */
final class Trace {
    private final List<String> lines = new ArrayList<>();
    private long digest = 17;

    /** Takes a step into account without writing a line. */
    void step(long nanos, String owner, String what) {
        digest = (digest * 31 + nanos) * 0x9E3779B97F4A7C15L + owner.hashCode() * 31L + what.hashCode();
    }

    /** Writes a line. */
    void line(long nanos, String owner, String what) {
        step(nanos, owner, what);
        lines.add(String.format("%12.6f %08x %-10s %s", nanos / 1e9, digest >>> 32, owner, what));
    }

    List<String> lines() {
        return lines;
    }

    List<String> last(int count) {
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    long digest() {
        return digest;
    }
}
