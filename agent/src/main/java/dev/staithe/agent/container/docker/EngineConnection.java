package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The way to the engine. docker-java speaks for calls with one answer; streams (events, logs, pulls) are read on the
 * caller's thread from the same transport, because docker-java would read them on threads that no deadline reaches.
 *
 * <p>docker-java does not negotiate: the API version is the engine's own, at most the newest that this code was tried
 * with. It is asked for again whenever the engine may be another one.
 */
final class EngineConnection implements AutoCloseable {
    /** The newest API that this package was tried with. */
    private static final RemoteApiVersion NEWEST = RemoteApiVersion.create(1, 44);

    /**
     * What an engine answers to the question who it is.
     *
     * @param time by its clock, in whole seconds
     */
    record Greeting(String version, String apiVersion, Instant time) {}

    /** The client for the API version in use. */
    private record Pinned(DockerClient client, String apiVersion) {}

    /**
     * The engine is spoken to without TLS. The transport would prepare itself for it all the same, and keep every certificate that
     * this host trusts in memory.
     */
    private static final class NoTls extends SSLContext {
        NoTls() {
            super(null, null, "none");
        }
    }

    private final URI host;
    private final ObjectMapper json;
    private final DockerHttpClient transport;
    private volatile @Nullable Pinned pinned;

    EngineConnection(URI host, ObjectMapper json) {
        this.host = host;
        this.json = json;
        transport = new FreshConnections(new ZerodepDockerHttpClient.Builder()
                .dockerHost(host)
                .sslConfig(NoTls::new)
                .build());
    }

    /** The client, pinned to an API version that the engine speaks. */
    DockerClient client() throws IOException {
        Pinned known = pinned;
        if (known == null) {
            greet();
            known = pinned;
        }
        if (known == null) {
            throw new IOException("the engine's API version is not known");
        }
        return known.client();
    }

    /** Asks the engine who it is, and speaks its API version from then on. */
    Greeting greet() throws IOException {
        try (Response response =
                execute(Request.builder().method("GET").path("/version").build())) {
            JsonNode said = json.readTree(response.getBody());
            String version = said.path("Version").asText();
            String api = apiVersion(said.path("ApiVersion").asText());
            String least = said.path("MinAPIVersion").asText("");
            if (!least.isEmpty() && RemoteApiVersion.parseConfig(least).isGreater(RemoteApiVersion.parseConfig(api))) {
                throw new DockerException(
                        "Docker " + version + " speaks API " + least + " and newer (expected: " + NEWEST.getVersion()
                                + " or older)",
                        400);
            }
            Pinned known = pinned;
            if (known == null || !known.apiVersion().equals(api)) {
                pinned = new Pinned(newClient(api), api);
            }
            return new Greeting(version, api, time(response));
        }
    }

    /** Opens a stream at a path below the API version. A refusal is thrown as docker-java would. */
    Response stream(String method, String path) throws IOException {
        return stream(method, path, Map.of());
    }

    /** As {@link #stream(String, String)}, with more headers, which may hold secrets. */
    Response stream(String method, String path, Map<String, String> headers) throws IOException {
        client();
        return execute(Request.builder()
                .method(method)
                .path(version() + path)
                .putAllHeaders(headers)
                .build());
    }

    /** Posts a body, and answers with a stream. */
    Response send(String path, String contentType, InputStream body) throws IOException {
        client();
        return execute(Request.builder()
                .method("POST")
                .path(version() + path)
                .putHeader("Content-Type", contentType)
                .body(body)
                .build());
    }

    private String version() {
        Pinned known = pinned;
        return "/v" + (known == null ? NEWEST.getVersion() : known.apiVersion());
    }

    /** One look at what a container uses, in the engine's own JSON. */
    String statistics(String id, boolean twice) throws IOException {
        // Engines before API 1.41 do not know the parameter and look twice.
        String path = "/containers/" + id + "/stats?stream=false&one-shot=" + (twice ? 0 : 1);
        try (Response response = stream("GET", path)) {
            return new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Opens a connection at a path below the API version on which both sides speak at will. */
    HijackedStream hijack(String path, String body) throws IOException {
        client();
        Pinned known = pinned;
        return HijackedStream.open(
                host, "/v" + (known == null ? NEWEST.getVersion() : known.apiVersion()) + path, body);
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }

    private Response execute(Request request) throws IOException {
        Response response = transport.execute(request);
        int status = response.getStatusCode();
        if (status < 200 || status > 299) {
            try (response) {
                String body = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
                throw new DockerException(body, status);
            }
        }
        return response;
    }

    private DockerClient newClient(String apiVersion) {
        // Not the "default" builder: that one reads the environment and system properties.
        DockerClientConfig config = new DefaultDockerClientConfig.Builder()
                .withDockerHost(host.toString())
                .withDockerTlsVerify(false)
                .withApiVersion(apiVersion)
                .build();
        return DockerClientImpl.getInstance(config, transport);
    }

    private static String apiVersion(String engines) {
        RemoteApiVersion theirs = RemoteApiVersion.parseConfig(engines);
        return theirs.isGreater(NEWEST) ? NEWEST.getVersion() : theirs.getVersion();
    }

    private static Instant time(Response response) throws IOException {
        String date = String.valueOf(response.getHeader("Date"));
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            throw new IOException("the engine's answer has no Date header: " + date, e);
        }
    }

    /**
     * One connection for each request. A connection that was kept would be found dead only by using it, after every
     * restart of the engine, and a new one costs a tenth of a millisecond on a Unix socket.
     */
    private record FreshConnections(DockerHttpClient transport) implements DockerHttpClient {
        @Override
        public Response execute(Request request) {
            return transport.execute(Request.builder()
                    .from(request)
                    .putHeader("Connection", "close")
                    .build());
        }

        @Override
        public void close() throws IOException {
            transport.close();
        }
    }
}
