package dev.staithe.cli.command;

import com.google.protobuf.Timestamp;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.ReadLogsRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of a log is shown. */
final class LogOptions {
    /** Where to begin when new lines are what is wanted. */
    private static final int TAIL_WHEN_FOLLOWING = 10;

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

    @Option(
            names = "--since",
            paramLabel = "10m|TIME",
            description = "Only lines of the last so many s, m, h, or since a time such as 2026-03-01T12:00:00Z.")
    @Nullable
    String since;

    /** What is asked of the host of each task. */
    ReadLogsRequest.Builder request(Session session) {
        ReadLogsRequest.Builder request =
                ReadLogsRequest.newBuilder().setCluster(session.cluster()).setFollow(follow);
        if (tail != null) {
            request.setTail(tail);
        } else if (follow && since == null) {
            request.setTail(TAIL_WHEN_FOLLOWING);
        }
        if (since != null) {
            Instant from = since(since, session.now());
            request.setSince(
                    Timestamp.newBuilder().setSeconds(from.getEpochSecond()).setNanos(from.getNano()));
        }
        return request;
    }

    /** By this machine's clock. */
    static Instant since(String text, Instant now) {
        if (text.matches("\\d+[a-z]+")) {
            return now.minus(WaitOptions.parse("--since", text));
        }
        try {
            return text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeException e) {
            throw CommandFailure.usage("--since: " + text
                    + " (expected: a duration such as 10m, or a time such as 2026-03-01T12:00:00Z or"
                    + " 2026-03-01T12:00:00 here)");
        }
    }
}
