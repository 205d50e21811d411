package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerView.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How containers of an image behave: begin with {@link #running()} and say what is different.
 *
 * @param startError the engine's words when such a container cannot be started
 * @param end when it ends by itself, counted from its start
 * @param ignoresSigterm it runs on until it is killed
 * @param sigtermExitCode what it exits with when it is asked to stop
 * @param health what its health check comes to say, if the definition has one; when empty it becomes healthy at the first
 *     check
 * @param output lines written at the start
 * @param architecture that it was built for, in the words of manifests: "amd64"
 */
public record FakeImage(
        Optional<String> startError,
        Optional<End> end,
        boolean ignoresSigterm,
        int sigtermExitCode,
        List<HealthResult> health,
        List<String> output,
        String architecture) {
    public FakeImage {
        health = List.copyOf(health);
        output = List.copyOf(output);
    }

    /** How a container ends by itself. */
    public record End(Duration after, int exitCode, boolean oomKilled) {}

    /** What the health check says from a moment after the start on. */
    public record HealthResult(Duration after, Health health, String output) {}

    /** Runs until it is asked to stop, then exits with 143. */
    public static FakeImage running() {
        return new FakeImage(Optional.empty(), Optional.empty(), false, 143, List.of(), List.of(), "amd64");
    }

    public FakeImage failingToStart(String error) {
        return new FakeImage(Optional.of(error), end, ignoresSigterm, sigtermExitCode, health, output, architecture);
    }

    public FakeImage exiting(Duration after, int exitCode) {
        return ending(new End(after, exitCode, false));
    }

    public FakeImage killedForMemory(Duration after) {
        return ending(new End(after, 137, true));
    }

    public FakeImage ignoringSigterm() {
        return new FakeImage(startError, end, true, sigtermExitCode, health, output, architecture);
    }

    public FakeImage exitingOnSigterm(int exitCode) {
        return new FakeImage(startError, end, false, exitCode, health, output, architecture);
    }

    /** Adds a result of the health check. */
    public FakeImage becoming(Health result, Duration after, String checkOutput) {
        var results = new ArrayList<>(health);
        results.add(new HealthResult(after, result, checkOutput));
        return new FakeImage(startError, end, ignoresSigterm, sigtermExitCode, results, output, architecture);
    }

    /** Adds a line of output. */
    public FakeImage printing(String line) {
        var lines = new ArrayList<>(output);
        lines.add(line);
        return new FakeImage(startError, end, ignoresSigterm, sigtermExitCode, health, lines, architecture);
    }

    public FakeImage builtFor(String processor) {
        return new FakeImage(startError, end, ignoresSigterm, sigtermExitCode, health, output, processor);
    }

    private FakeImage ending(End how) {
        return new FakeImage(
                startError, Optional.of(how), ignoresSigterm, sigtermExitCode, health, output, architecture);
    }
}
