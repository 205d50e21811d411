package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images.PullListener;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Fetches an image. The engine answers at once and tells how it goes, its failure included, in the stream that follows. */
final class ImagePull {
    private final EngineConnection connection;
    private final ObjectMapper json;
    private final EngineErrors errors;
    private final DockerDeadlines deadlines;
    private final Time time;

    ImagePull(
            EngineConnection connection, ObjectMapper json, EngineErrors errors, DockerDeadlines deadlines, Time time) {
        this.connection = connection;
        this.json = json;
        this.errors = errors;
        this.deadlines = deadlines;
        this.time = time;
    }

    /**
     * Returns when the image is there. The ticket's time runs out with the pull as a whole, or with a silence too long.
     *
     * @param credentials those to show, wherever they come from; empty = none
     */
    void run(PullRequest request, Optional<RegistryCredentials> credentials, PullListener listener, CallTicket ticket)
            throws ContainerFault, IOException {
        long end = time.nanos() + deadlines.pull().toNanos();
        ticket.expiresIn(deadlines.pullInactivity());
        ImageReference image = ImageReference.parse(request.image());
        LayerCount layers = new LayerCount();
        try (Response response = connection.stream(
                        "POST",
                        "/images/create?" + query(image, request.platform()),
                        credentials.isPresent() ? header(image, credentials.get()) : Map.of());
                MappingIterator<JsonNode> news = json.readerFor(JsonNode.class).readValues(response.getBody())) {
            while (news.hasNextValue()) {
                JsonNode said = news.nextValue();
                if (said.has("error")) {
                    throw errors.pullFault(said.path("errorDetail")
                            .path("message")
                            .asText(said.path("error").asText()));
                }
                layers.said(said).ifPresent(listener::progressed);
                Duration left = Duration.ofNanos(end - time.nanos());
                ticket.expiresIn(left.compareTo(deadlines.pullInactivity()) < 0 ? left : deadlines.pullInactivity());
            }
        }
    }

    static String query(ImageReference image, Platform platform) {
        String query = "fromImage=" + encoded(image.name()) + "&tag=" + encoded(image.tagOrDigest());
        return platform.os().isEmpty() || platform.architecture().isEmpty()
                ? query
                : query + "&platform=" + encoded(platform.os() + "/" + platform.architecture());
    }

    /** Never logged: the request is made by us, and the client's log of what goes over the wire is off. */
    private Map<String, String> header(ImageReference image, RegistryCredentials credentials) throws IOException {
        Map<String, String> auth = credentials.username().isEmpty()
                ? Map.of("identitytoken", credentials.password(), "serveraddress", image.registry())
                : Map.of(
                        "username", credentials.username(),
                        "password", credentials.password(),
                        "serveraddress", image.registry());
        return Map.of("X-Registry-Auth", Base64.getUrlEncoder().encodeToString(json.writeValueAsBytes(auth)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
