package dev.staithe.multinode;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where an operator types: a shell in the root of the checkout. Remembers what was typed and what came of it. Used by one
 * thread.
 */
final class Terminal {
    static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final int LIMIT_MINUTES = 5;

    private final Map<String, String> environment;
    private final List<Line> lines = new ArrayList<>();

    /**
     * What one command line came to.
     *
     * @param output both standard output and standard error, in the order in which they were written
     */
    record Line(String command, String output, int exit) {}

    /** @param environment beside what the tests have themselves */
    Terminal(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Types a line that has to succeed; answers what it printed. */
    String type(String command) {
        return type(command, 0);
    }

    /** Types a line that has to end with this exit status. */
    String type(String command, int exit) {
        Line line = aside(command);
        lines.add(line);
        if (line.exit() != exit) {
            throw new AssertionError(
                    "$ " + command + "\n" + line.output() + "exit status " + line.exit() + " (expected: " + exit + ")");
        }
        return line.output();
    }

    /** Types a line that is not remembered, whatever comes of it. */
    Line aside(String command) {
        try {
            Path output = Files.createTempFile("staithe-terminal-", ".txt");
            try {
                Process process = start(command, output.toFile());
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                }
                return new Line(command, Files.readString(output), process.waitFor());
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while this ran: " + command, e);
        }
    }

    /** All that was typed, in order. */
    List<Line> lines() {
        return List.copyOf(lines);
    }

    private Process start(String command, File output) throws IOException {
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", "set -o pipefail; " + command)
                .directory(CHECKOUT.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output);
        shell.environment().putAll(environment);
        return shell.start();
    }
}
