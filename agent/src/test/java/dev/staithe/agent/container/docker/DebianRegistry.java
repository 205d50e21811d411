package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Image;
import dev.staithe.agent.container.ImageReference;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry as people run it: Debian's {@code docker-registry}, on a free port of the loopback interface, open to everybody or
 * to one user. What was pulled from it is taken off the engine in the end.
 */
public final class DebianRegistry implements AutoCloseable {
    public static final String USER = "harbour";
    public static final String PASSWORD = "s3cret-pass";

    /** What htpasswd makes of them. */
    private static final String HTPASSWD = USER + ":$2y$05$ZSwWehIGKP1RcN64kW92i.Ld0G3c3/6793P0pzj3EQwhxnMYgpju.\n";

    private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)");

    private final DockerClient client;
    private final Process process;
    private final String host;

    private DebianRegistry(DockerClient client, Process process, String host) {
        this.client = client;
        this.process = process;
        this.host = host;
    }

    /** Starts one that everybody may read and write. */
    public static DebianRegistry open(DockerClient client, Path directory) throws IOException {
        return start(client, directory, "");
    }

    /** Starts one that knows {@link #USER} alone. */
    public static DebianRegistry guarded(DockerClient client, Path directory) throws IOException {
        Path users = directory.resolve("htpasswd");
        Files.writeString(users, HTPASSWD);
        return start(client, directory, "auth: {htpasswd: {realm: test, path: " + users + "}}\n");
    }

    private static DebianRegistry start(DockerClient client, Path directory, String auth) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError("needs " + PROGRAM + ": apt-get install docker-registry");
        }
        Path config = directory.resolve("registry.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: info, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:0"}
                %s""".formatted(directory.resolve("data"), auth));
        Process process = new ProcessBuilder(PROGRAM.toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader log =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread.ofVirtual().start(() -> drain(log));
                return new DebianRegistry(client, process, listening.group(1));
            }
        }
        throw new AssertionError("docker-registry did not start:\n" + said);
    }

    /** HOST:PORT. */
    public String host() {
        return host;
    }

    /** The name of an image there, NAME:TAG. */
    public String image(String name) {
        return host + "/" + name;
    }

    /**
     * Makes an image with a shell that is different for each edition, pushes it under the name, and takes it off the engine.
     *
     * @return its digest
     */
    public String push(String name, String edition) {
        return push(name, edition, "linux/amd64");
    }

    /** As {@link #push(String, String)}, built for a platform. */
    public String push(String name, String edition, String platform) {
        String image = image(name);
        TestImages.build(client, image, edition, platform);
        try {
            client.pushImageCmd(image)
                    .withAuthConfig(new AuthConfig().withUsername(USER).withPassword(PASSWORD))
                    .start()
                    .awaitCompletion();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        List<String> digests = client.inspectImageCmd(image).exec().getRepoDigests();
        String digest = ImageReference.parse(image).digestAmong(digests == null ? List.of() : digests);
        client.removeImageCmd(image).withForce(true).exec();
        return digest;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        for (Image image : client.listImagesCmd().exec()) {
            for (String tag : names(image)) {
                if (tag.startsWith(host + "/")) {
                    remove(tag);
                }
            }
        }
    }

    private void remove(String name) {
        try {
            client.removeImageCmd(name).withForce(true).exec();
        } catch (DockerException gone) {
            return;
        }
    }

    private static List<String> names(Image image) {
        List<String> names = new java.util.ArrayList<>();
        if (image.getRepoTags() != null) {
            names.addAll(List.of(image.getRepoTags()));
        }
        if (image.getRepoDigests() != null) {
            names.addAll(List.of(image.getRepoDigests()));
        }
        return names;
    }

    private static void drain(BufferedReader log) {
        try {
            log.transferTo(Writer.nullWriter());
        } catch (IOException over) {
            return;
        }
    }
}
