package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a service wants its tasks scheduled, beside where: what is not given stays, or is the default. */
final class SchedulingOptions {
    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            description = "How long after its start what a task's health checks say is ignored (default: 0s).")
    @Nullable
    String gracePeriod;

    @Option(
            names = "--draining",
            paramLabel = "DURATION",
            description =
                    "How long connections to a task may go on once it is to stop, at most 1h; new ones are refused"
                            + " meanwhile, and it stops as soon as none is left. 0s: at once (default: 30s).")
    @Nullable
    String draining;

    @Option(
            names = "--rebalancing",
            paramLabel = "on|off|dry-run",
            description = "Whether tasks that run are moved to make their spread even (default: on).")
    @Nullable
    String rebalancing;

    @Option(
            names = "--propagate-tags",
            paramLabel = "FROM",
            description = "Give tasks the tags of the service, or of the task-definition, or none (default: none).")
    @Nullable
    String propagateTags;

    @Option(
            names = "--enable-execute-command",
            description = "Allow `staithe task exec` in tasks that are started from now on (default: not allowed).")
    boolean enableExecuteCommand;

    boolean given() {
        return gracePeriod != null
                || draining != null
                || rebalancing != null
                || propagateTags != null
                || enableExecuteCommand;
    }

    /** In whole seconds, or null when it was not given. */
    @Nullable
    Integer gracePeriodSeconds() {
        return wholeSeconds("--grace-period", gracePeriod);
    }

    /** In whole seconds, or null when it was not given. */
    @Nullable
    Integer drainingSeconds() {
        return wholeSeconds("--draining", draining);
    }

    private static @Nullable Integer wholeSeconds(String option, @Nullable String given) {
        if (given == null) {
            return null;
        }
        Duration period = WaitOptions.parse(option, given);
        if (period.toMillisPart() != 0 || period.toSeconds() > Integer.MAX_VALUE) {
            throw CommandFailure.usage(option + ": " + given + " (expected: whole seconds, such as 30s)");
        }
        return (int) period.toSeconds();
    }

    /** As the API has it; empty when it was not given. */
    String rebalancing() {
        return switch (rebalancing) {
            case null -> "";
            case "on" -> "ENABLED";
            case "off" -> "DISABLED";
            case "dry-run" -> "DRY_RUN";
            default -> throw CommandFailure.usage("--rebalancing: " + rebalancing + " (expected: on, off or dry-run)");
        };
    }

    /** As the API has it; empty when it was not given. */
    String propagateTags() {
        return switch (propagateTags) {
            case null -> "";
            case "service" -> "SERVICE";
            case "task-definition" -> "TASK_DEFINITION";
            case "none" -> "NONE";
            default ->
                throw CommandFailure.usage(
                        "--propagate-tags: " + propagateTags + " (expected: service, task-definition or none)");
        };
    }
}
