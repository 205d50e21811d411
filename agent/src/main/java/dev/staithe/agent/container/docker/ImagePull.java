package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.time.Duration;

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

    /** Returns when the image is there. The ticket's time runs out with the pull as a whole, or with a silence too long. */
    void run(String image, CallTicket ticket) throws ContainerFault, IOException {
        long end = time.nanos() + deadlines.pull().toNanos();
        ticket.expiresIn(deadlines.pullInactivity());
        try (Response response = connection.stream(
                        "POST", "/images/create?" + ImageReference.parse(image).query());
                MappingIterator<JsonNode> news = json.readerFor(JsonNode.class).readValues(response.getBody())) {
            while (news.hasNextValue()) {
                JsonNode said = news.nextValue();
                if (said.has("error")) {
                    throw errors.pullFault(said.path("errorDetail")
                            .path("message")
                            .asText(said.path("error").asText()));
                }
                Duration left = Duration.ofNanos(end - time.nanos());
                ticket.expiresIn(left.compareTo(deadlines.pullInactivity()) < 0 ? left : deadlines.pullInactivity());
            }
        }
    }
}
