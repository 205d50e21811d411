package dev.staithe.agent.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host's that says little and ends soon. Blocks. */
public final class Program {
    private static final int SECONDS = 10;
    private static final int MOST_WORDS = 300;

    private Program() {}

    /** How a program ended, and its first words. */
    public record Ended(int status, String words) {}

    /**
     * Runs it and waits for its end, which has to be a success.
     *
     * @param command nothing that users wrote
     */
    public static void run(List<String> command, String input) throws IOException {
        Ended ended = end(command, input);
        if (ended.status() != 0) {
            throw new IOException(command.getFirst() + ": " + ended.words() + " (status " + ended.status() + ")");
        }
    }

    /** Runs it and waits for its end, whichever. */
    public static Ended end(List<String> command, String input) throws IOException {
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
            byte[] words = process.getInputStream().readNBytes(MOST_WORDS);
            return new Ended(
                    process.exitValue(),
                    new String(words, StandardCharsets.UTF_8).strip().replace('\n', ' '));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(command.getFirst() + ": interrupted", interrupted);
        } finally {
            process.destroyForcibly();
        }
    }
}
