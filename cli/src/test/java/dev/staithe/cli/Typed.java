package dev.staithe.cli;

import dev.staithe.cli.command.CommandTree;
import dev.staithe.cli.render.Screen;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import dev.staithe.runtime.Time;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** One command line that a user typed, and what came of it. */
public record Typed(int exitCode, String out, String err) {
    /** Now, for every command line of a test. */
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** Runs it in an environment of its own, without a terminal. */
    public static Typed run(Map<String, String> variables, String input, String... typed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Screen screen = new Screen(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false);
        int exitCode = new CommandTree(screen, variables, environment()).run(Arrays.asList(typed));
        return new Typed(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs it against a control plane. */
    public static Typed run(FakeControlPlane controlPlane, String... typed) {
        return run(variables(controlPlane), "", typed);
    }

    /** The variables that name the control plane, and no home. */
    public static Map<String, String> variables(FakeControlPlane controlPlane) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("STAITHE_SERVER", controlPlane.address());
        variables.put("HOME", "/nonexistent");
        return variables;
    }

    /** The system's environment on a day that never ends: durations pass, fifty times as fast, the date does not. */
    private static Environment environment() {
        Environment real = SystemEnvironment.create();
        Time time = new Time() {
            @Override
            public Instant now() {
                return NOW;
            }

            @Override
            public long nanos() {
                return real.time().nanos() * 50;
            }
        };
        return new Environment(time, real.loops(), real.effects(), real.randomness(), real.ids(), real.faults());
    }
}
