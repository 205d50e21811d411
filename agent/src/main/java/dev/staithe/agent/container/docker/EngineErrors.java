package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The one table that decides what an exception of the client means: which fault, in whose words, worth a retry or not. */
final class EngineErrors {
    private static final Pattern PASSWORD = Pattern.compile("(?i)\\b(pass(?:word)?2?|splunk-token)=[^,\\s\"']+");

    private final String host;
    private final ObjectMapper json;

    EngineErrors(String host, ObjectMapper json) {
        this.host = host;
        this.json = json;
    }

    ContainerFault fault(Kind kind, Exception e, CallTicket ticket) {
        Optional<Duration> allowed = ticket.expiredAfter();
        if (allowed.isPresent()) {
            return new ContainerFault(
                    Kind.DockerTimeoutError,
                    "the container engine at " + host + " did not answer within " + seconds(allowed.get()),
                    true,
                    e);
        }
        if (ticket.cancelled()) {
            // What a call says that is ended in its midst depends on where it was.
            return new ContainerFault(
                    Kind.EngineUnavailableError, "the call to " + host + " was given up on request", true, e);
        }
        if (e instanceof DockerException refused) {
            String words = words(refused);
            return new ContainerFault(kind, words, retriable(kind, refused.getHttpStatus(), words), e);
        }
        Optional<IOException> io = io(e);
        if (io.isPresent()) {
            return io.get() instanceof JsonProcessingException unreadable
                    ? new ContainerFault(
                            kind, "the engine's answer cannot be read: " + unreadable.getOriginalMessage(), false, e)
                    : unavailable(io.get());
        }
        if (e instanceof DockerClientException || e instanceof IllegalArgumentException) {
            return new ContainerFault(kind, String.valueOf(e.getMessage()), false, e);
        }
        throw e instanceof RuntimeException bug ? bug : new IllegalStateException(e);
    }

    /** Whether the engine refused because there is no such container, image or volume. */
    static boolean isMissing(DockerException e) {
        return e.getHttpStatus() == 404;
    }

    /** The engine's own words: {@code Status 404: {"message":"No such image: x"}} says "No such image: x". */
    String words(DockerException e) {
        String message = String.valueOf(e.getMessage()).strip();
        String prefix = "Status " + e.getHttpStatus() + ": ";
        String body = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        try {
            JsonNode said = json.readTree(body).path("message");
            return hidden(said.isTextual() ? said.asText().strip() : body);
        } catch (JsonProcessingException notJson) {
            return hidden(body);
        }
    }

    /** A mount that fails is told with all its options. */
    private static String hidden(String words) {
        return PASSWORD.matcher(words).replaceAll("$1=***");
    }

    private ContainerFault unavailable(IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new ContainerFault(
                Kind.EngineUnavailableError, "no container engine answers at " + host + ": " + why, true, e);
    }

    private static boolean retriable(Kind kind, int status, String words) {
        if (status == 408 || status == 429 || status == 503 || status == 504) {
            return true;
        }
        return switch (kind) {
            case CannotPullContainerError ->
                status >= 500 && PullRefusal.of(words).retriable();
            // A conflict there is a moment's: a removal under way, a volume whose container is just going.
            case CannotStopContainerError,
                    CannotRemoveContainerError,
                    CannotRemoveVolumeError,
                    CannotRemoveImageError,
                    CannotInspectContainerError -> status >= 500 || status == 409;
            // Docker answers 500 to a taken port and to a missing program, which stay as they are.
            case CannotCreateContainerError,
                    CannotStartContainerError,
                    CannotCreateVolumeError,
                    CannotExecuteCommandError,
                    ResourceInitializationError -> false;
            case DockerTimeoutError, EngineUnavailableError, ControlPlaneUnavailableError -> true;
        };
    }

    private static Optional<IOException> io(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof IOException io) {
                return Optional.of(io);
            }
        }
        return Optional.empty();
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
