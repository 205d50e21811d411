package dev.staithe.cli.dev;

import java.nio.file.Path;
import java.util.List;

/**
 * What a standalone Staithe does now.
 *
 * @param api HOST:PORT at which the control plane answers, or would
 */
public record Report(Path directory, String api, List<Part> daemons) {
    /**
     * One daemon.
     *
     * @param pid 0 when it does not run
     * @param health SERVING, NOT_SERVING or UNREACHABLE for the control plane; CONNECTED, NOT_CONNECTED or UNKNOWN for
     *     the agent; STOPPED for both
     * @param healthy whether it does its work
     */
    public record Part(String name, long pid, String health, boolean healthy, Path config, Path data, Path log) {}

    public Report {
        daemons = List.copyOf(daemons);
    }

    /** Whether all of it works. */
    public boolean healthy() {
        return daemons.stream().allMatch(Part::healthy);
    }

    /** Whether the control plane can be asked. */
    public boolean serving() {
        return daemons.stream().anyMatch(daemon -> daemon.health().equals("SERVING"));
    }
}
