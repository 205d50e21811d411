package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of every command that changes something: it waits until that is done, but never for ever. */
final class WaitOptions {
    @Option(names = "--detach", description = "Return as soon as the change is stored.")
    boolean detach;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait (default: 10m).")
    String timeout = "10m";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m|h)");

    /** How long to wait. */
    Duration limit() {
        return parse("--timeout", timeout);
    }

    /** Parses "500ms", "40s", "15m", "3h". */
    static Duration parse(String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(option + ": " + text + " (expected: a duration such as 30s, 10m, 2h)");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
