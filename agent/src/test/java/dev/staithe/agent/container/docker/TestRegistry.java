package dev.staithe.agent.container.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A registry with one small image, {@code there:1}, and the troubles that registries have: what is {@code denied}, {@code
 * busy} or {@code silent}. Engines take one on the loopback interface without TLS.
 */
public final class TestRegistry implements AutoCloseable {
    private static final String MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";

    /** How a connection begins whose client tries TLS first, as engines do. */
    private static final int TLS_HANDSHAKE = 0x16;

    private final ServerSocket server;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final byte[] layer;
    private final byte[] config;
    private final byte[] manifest;
    private final Map<String, byte[]> blobs;

    public TestRegistry() throws IOException {
        byte[] tar = tar("greeting", "hello\n");
        layer = gzip(tar);
        config = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":["/greeting"]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(digest(tar)).getBytes(StandardCharsets.UTF_8);
        manifest = """
                {"schemaVersion":2,"mediaType":"%s",\
                "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"%s"},\
                "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"%s"}]}""".formatted(MANIFEST_TYPE, config.length, digest(config), layer.length, digest(layer))
                .getBytes(StandardCharsets.UTF_8);
        blobs = Map.of(digest(config), config, digest(layer), layer);
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public String image(String name) {
        return "127.0.0.1:" + server.getLocalPort() + "/" + name;
    }

    /** The digest under which the engine knows the image that is there. */
    String digest() {
        return digest(manifest);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket connection) {
        try {
            InputStream in = connection.getInputStream();
            int first = in.read();
            if (first == TLS_HANDSHAKE) {
                connection.close();
                return;
            }
            StringBuilder request = new StringBuilder().append((char) first);
            while (request.indexOf("\r\n\r\n") < 0) {
                request.append((char) in.read());
            }
            List<String> words = List.of(request.toString().split(" ", 3));
            if (!words.get(1).startsWith("/v2/silent/")) {
                answer(connection, words.get(0).equals("HEAD"), words.get(1));
                connection.close();
            }
        } catch (IOException gone) {
            return;
        }
    }

    private void answer(Socket connection, boolean head, String path) throws IOException {
        if (path.equals("/v2/")) {
            send(connection, head, 200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/v2/denied/")) {
            error(connection, head, 403, "DENIED", "requested access to the resource is denied");
        } else if (path.startsWith("/v2/busy/")) {
            error(connection, head, 503, "UNAVAILABLE", "come back later");
        } else if (path.equals("/v2/there/manifests/1") || path.equals("/v2/there/manifests/" + digest())) {
            send(connection, head, 200, MANIFEST_TYPE, manifest);
        } else {
            byte[] blob = blobs.get(path.substring(path.lastIndexOf('/') + 1));
            if (blob == null) {
                error(connection, head, 404, "MANIFEST_UNKNOWN", "manifest unknown");
            } else {
                send(connection, head, 200, "application/octet-stream", blob);
            }
        }
    }

    private static void error(Socket connection, boolean head, int status, String code, String message)
            throws IOException {
        String body = "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message);
        send(connection, head, status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(Socket connection, boolean head, int status, String type, byte[] body) throws IOException {
        String headers = String.join(
                "\r\n",
                "HTTP/1.1 " + status + " Status",
                "Content-Type: " + type,
                "Content-Length: " + body.length,
                "Connection: close",
                "Docker-Distribution-Api-Version: registry/2.0",
                "Docker-Content-Digest: " + digest(body),
                "",
                "");
        OutputStream out = connection.getOutputStream();
        out.write(headers.getBytes(StandardCharsets.US_ASCII));
        if (!head) {
            out.write(body);
        }
        out.flush();
    }

    private static byte[] tar(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(content.length());
            tar.putArchiveEntry(entry);
            tar.write(content.getBytes(StandardCharsets.US_ASCII));
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
