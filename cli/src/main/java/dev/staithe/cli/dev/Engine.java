package dev.staithe.cli.dev;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The container engine, for the two things that {@code dev} wants of it without an agent: whether it answers, and the
 * removal of what a purged agent leaves behind. Speaks just enough of its HTTP.
 */
record Engine(String address) {
    static final String USUAL = "unix:///var/run/docker.sock";

    /** The one that DOCKER_HOST names, else the usual one. */
    static Engine of(Map<String, String> variables) {
        String named = variables.getOrDefault("DOCKER_HOST", "");
        return new Engine(named.isEmpty() ? USUAL : named);
    }

    /** What is wrong with it; empty when it answers. */
    String problem() {
        try {
            return request("GET", "/_ping").startsWith("OK") ? "" : "it does not answer as a Docker engine does";
        } catch (IOException | IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Removes the containers and volumes that an agent made as this container instance; answers how many. */
    int removeAllOf(String instance) throws IOException {
        String filter = "filters="
                + URLEncoder.encode("{\"label\":[\"dev.staithe.instance=" + instance + "\"]}", StandardCharsets.UTF_8);
        int removed = 0;
        for (String id : values(request("GET", "/containers/json?all=1&" + filter), "Id")) {
            request("DELETE", "/containers/" + id + "?force=1&v=1");
            removed++;
        }
        for (String name : values(request("GET", "/volumes?" + filter), "Name")) {
            request("DELETE", "/volumes/" + URLEncoder.encode(name, StandardCharsets.UTF_8));
            removed++;
        }
        return removed;
    }

    /** The values of one key in all objects of an answer. */
    private static List<String> values(String json, String key) {
        List<String> found = new ArrayList<>();
        collect(new Load(LoadSettings.builder().build()).loadFromString(json), key, found);
        return found;
    }

    private static void collect(Object value, String key, List<String> found) {
        if (value instanceof List<?> list) {
            list.forEach(element -> {
                if (element instanceof Map<?, ?> object && object.get(key) instanceof String name) {
                    found.add(name);
                }
            });
        } else if (value instanceof Map<?, ?> object && object.get("Volumes") != null) {
            collect(object.get("Volumes"), key, found);
        }
    }

    private String request(String method, String path) throws IOException {
        try (SocketChannel channel = connect()) {
            // HTTP/1.0: the answer comes in one piece and ends with the connection.
            String head = method + " " + path + " HTTP/1.0\r\nHost: engine\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            var answer = new java.io.ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            String text = answer.toString(StandardCharsets.UTF_8);
            String status = text.lines().findFirst().orElse("");
            if (!status.matches("HTTP/1\\.[01] (2\\d\\d|404|409).*")) {
                throw new IOException(method + " " + path + ": " + status);
            }
            int body = text.indexOf("\r\n\r\n");
            return body < 0 ? "" : text.substring(body + 4);
        }
    }

    private SocketChannel connect() throws IOException {
        if (address.startsWith("unix://")) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(Path.of(address.substring("unix://".length()))));
            return channel;
        }
        URI uri = URI.create(address);
        return SocketChannel.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
    }
}
