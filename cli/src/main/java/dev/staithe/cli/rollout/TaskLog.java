package dev.staithe.cli.rollout;

import dev.staithe.proto.v1.LogLine;
import java.util.List;

/**
 * The last lines that a task wrote.
 *
 * @param problem why they could not be read; empty when they could
 */
public record TaskLog(List<LogLine> lines, String problem) {
    public TaskLog {
        lines = List.copyOf(lines);
    }

    /** Of a task that is not there, or was never asked. */
    public static TaskLog none() {
        return new TaskLog(List.of(), "");
    }
}
