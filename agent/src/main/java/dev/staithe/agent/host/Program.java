package dev.staithe.agent.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host's that says little and ends soon. Blocks. */
public final class Program {
    private static final int SECONDS = 10;
    private static final int MOST_BYTES = 16 * 1024;

    private Program() {}

    /**
     * Runs it and waits for its end, which has to be a success.
     *
     * @param command nothing that users wrote
     * @param input for its standard input
     * @return what it said
     */
    public static String run(List<String> command, String input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedBefore) {
            // It says why by its status and its words.
        }
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + ": no end within " + SECONDS + " s");
            }
            String words = new String(process.getInputStream().readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new IOException(command.getFirst() + ": " + words.replace('\n', ' ') + " (status "
                        + process.exitValue() + ")");
            }
            return words;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + ": interrupted", interrupted);
        } finally {
            process.destroyForcibly();
        }
    }
}
