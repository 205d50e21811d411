package dev.staithe.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of a log is shown. */
final class LogOptions {
    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new lines: of a task until it stops, of a service until interrupted.")
    boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "N",
            description = "Only the last lines of each container (default: all; with -f: 10).")
    @Nullable
    Integer tail;

    /** The logs of this session's tasks. */
    MergedLogs of(Session session) {
        return new MergedLogs(session, follow, tail);
    }
}
