package dev.staithe.controlplane.secrets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command that prints credentials as AWS's {@code credential_process} has them: JSON with Version 1, AccessKeyId,
 * SecretAccessKey, and perhaps SessionToken and Expiration (ISO 8601). One run each.
 *
 * <p>Its output goes nowhere else, what it says on standard error nowhere at all: messages have the command's name and how it
 * ended. {@link #run} blocks; {@link #expire}, from any thread, ends it.
 */
final class CredentialProcess {
    static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final int MOST_OUTPUT = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the command printed. */
    record Made(
            String accessKeyId,
            String secretAccessKey,
            String sessionToken,
            @Nullable Instant expiration) {
        /** Shows none of the keys. */
        @Override
        public String toString() {
            return "Made[expiration=" + expiration + "]";
        }
    }

    private final String name;
    private final List<String> words;
    private final Map<String, String> variables;

    /** Each side writes its own, then looks at the other's: one of them sees both. */
    private volatile @Nullable Process running;

    private volatile boolean expired;

    CredentialProcess(String name, List<String> words, Map<String, String> variables) {
        this.name = name;
        this.words = words;
        this.variables = variables;
    }

    /** What the command makes. */
    Made run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().putAll(variables);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "command " + name + " cannot be started (expected: a program on every control plane)", e);
        }
        running = process;
        if (expired) {
            end(process);
        }
        byte[] output;
        try (InputStream out = process.getInputStream()) {
            output = out.readNBytes(MOST_OUTPUT + 1);
            if (output.length > MOST_OUTPUT) {
                end(process);
            }
        } catch (IOException ended) {
            output = new byte[0];
        }
        int status = process.waitFor();
        if (expired) {
            throw new IOException("command " + name + " took longer than " + DEADLINE.toSeconds() + " s");
        }
        if (output.length > MOST_OUTPUT) {
            throw new IOException("command " + name + " printed more than " + MOST_OUTPUT + " bytes");
        }
        if (status != 0) {
            throw new IOException("command " + name + " ended with status " + status
                    + " (its output is not shown; run it on the control plane to see it)");
        }
        return parse(output);
    }

    /** Its time is over. */
    void expire() {
        expired = true;
        Process process = running;
        if (process != null) {
            end(process);
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private Made parse(byte[] output) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(output);
        } catch (JsonProcessingException e) {
            // Without its cause, which quotes the output.
            throw wrong("JSON");
        }
        if (json == null || json.path("Version").asInt() != 1) {
            throw wrong("JSON with \"Version\": 1");
        }
        String end = json.path("Expiration").asText("");
        return new Made(
                text(json, "AccessKeyId"),
                text(json, "SecretAccessKey"),
                json.path("SessionToken").asText(""),
                end.isEmpty() ? null : instant(end));
    }

    private String text(JsonNode json, String field) throws IOException {
        String text = json.path(field).asText("");
        if (text.isEmpty()) {
            throw wrong(field);
        }
        return text;
    }

    private Instant instant(String text) throws IOException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw wrong("an Expiration such as 2026-01-31T12:00:00Z");
        }
    }

    private IOException wrong(String expected) {
        return new IOException(
                "command " + name + " printed something else than credentials (expected: " + expected + ")");
    }
}
