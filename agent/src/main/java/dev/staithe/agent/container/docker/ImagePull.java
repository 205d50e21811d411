package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images.PullListener;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.agent.container.docker.HostLogins.Login;
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
    private final HostLogins logins;
    private final DockerDeadlines deadlines;
    private final Time time;

    ImagePull(
            EngineConnection connection,
            ObjectMapper json,
            EngineErrors errors,
            HostLogins logins,
            DockerDeadlines deadlines,
            Time time) {
        this.connection = connection;
        this.json = json;
        this.errors = errors;
        this.logins = logins;
        this.deadlines = deadlines;
        this.time = time;
    }

    /** Returns when the image is there. The ticket's time runs out with the pull as a whole, or with a silence too long. */
    void run(PullRequest request, PullListener listener, CallTicket ticket)
            throws ContainerFault, IOException, InterruptedException {
        long end = time.nanos() + deadlines.pull().toNanos();
        ImageReference image = ImageReference.parse(request.image());
        Login login = request.credentials().isEmpty() ? login(request, image.registry(), ticket) : Login.NONE;
        ticket.expiresIn(deadlines.pullInactivity());
        Optional<RegistryCredentials> credentials = request.credentials().or(login::credentials);
        try (Response response = connection.stream(
                        "POST",
                        "/images/create?" + query(image, request.platform()),
                        credentials.isPresent() ? header(image, credentials.get()) : Map.of());
                MappingIterator<JsonNode> news = json.readerFor(JsonNode.class).readValues(response.getBody())) {
            LayerCount layers = new LayerCount();
            while (news.hasNextValue()) {
                JsonNode said = news.nextValue();
                if (said.has("error")) {
                    String words = said.path("errorDetail")
                            .path("message")
                            .asText(said.path("error").asText());
                    throw PullRefusal.fault(request.image(), words, login.problem(), null);
                }
                layers.said(said).ifPresent(listener::progressed);
                Duration left = Duration.ofNanos(end - time.nanos());
                ticket.expiresIn(left.compareTo(deadlines.pullInactivity()) < 0 ? left : deadlines.pullInactivity());
            }
        } catch (DockerException refused) {
            throw PullRefusal.fault(request.image(), errors.words(refused), login.problem(), refused);
        }
    }

    private Login login(PullRequest request, String registry, CallTicket ticket)
            throws ContainerFault, InterruptedException {
        ticket.expiresIn(deadlines.credentialHelper());
        try {
            return logins.find(registry);
        } catch (InterruptedException ended) {
            Optional<Duration> allowed = ticket.expiredAfter();
            if (allowed.isPresent()) {
                throw new ContainerFault(
                        Kind.CannotPullContainerError,
                        request.image() + ": the credential helper of this host's Docker configuration did not answer"
                                + " within " + allowed.get().toSeconds() + " s",
                        true,
                        ended);
            }
            throw ended;
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
