package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The images of tests, built on the engine from the host's static busybox, because there need not be a registry. Their tags
 * are the hash of what is in them: what was built once is used again, also by other test runs.
 */
public final class TestImages {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> APPLETS = List.of(
            "sh", "sleep", "echo", "cat", "env", "id", "pwd", "yes", "tail", "head", "tr", "nc", "true", "false",
            "stty");
    private static final String DOCKERFILE = "FROM scratch\nCOPY bin /bin\nCOPY etc /etc\nCMD [\"sh\"]\n";

    private static final int OWN_BYTES = 300_000;

    private TestImages() {}

    /** A shell and a few tools; user "harbour" has the id 4711. */
    public static String busybox(DockerClient client) {
        return image(client, "staithe-test/busybox", DOCKERFILE);
    }

    /** The same with a health check that always fails, an environment, a port and a working directory of its own. */
    static String opinionated(DockerClient client) {
        return image(
                client,
                "staithe-test/opinionated",
                DOCKERFILE
                        + "HEALTHCHECK --interval=1s --retries=1 CMD [\"/bin/false\"]\n"
                        + "ENV MOOD=calm\nEXPOSE 9999\nWORKDIR /etc\n");
    }

    /** An image of this name with a shell, different for each edition. */
    static void build(DockerClient client, String image, String edition, String platform) {
        try {
            // A layer of its own, which no other image brings along.
            byte[] own = new byte[OWN_BYTES];
            new Random((image + edition).hashCode()).nextBytes(own);
            String dockerfile = DOCKERFILE + "COPY own /own\nENV EDITION=" + edition + "\n";
            client.buildImageCmd(new ByteArrayInputStream(
                            context(Files.readAllBytes(BUSYBOX), dockerfile, Optional.of(own))))
                    .withPlatform(platform)
                    .withNoCache(true)
                    .withTags(Set.of(image))
                    .exec(new BuildImageResultCallback())
                    .awaitImageId();
        } catch (IOException e) {
            throw new AssertionError("needs a static busybox at " + BUSYBOX + ": apt-get install busybox-static", e);
        }
    }

    private static String image(DockerClient client, String repository, String dockerfile) {
        try {
            byte[] busybox = Files.readAllBytes(BUSYBOX);
            String image = repository + ":" + hash(busybox, dockerfile);
            try {
                client.inspectImageCmd(image).exec();
            } catch (NotFoundException missing) {
                client.buildImageCmd(new ByteArrayInputStream(context(busybox, dockerfile, Optional.empty())))
                        .withTags(Set.of(image))
                        .exec(new BuildImageResultCallback())
                        .awaitImageId();
            }
            return image;
        } catch (IOException e) {
            throw new AssertionError("needs a static busybox at " + BUSYBOX + ": apt-get install busybox-static", e);
        }
    }

    private static byte[] context(byte[] busybox, String dockerfile, Optional<byte[]> own) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            file(tar, "Dockerfile", 0644, dockerfile.getBytes(StandardCharsets.UTF_8));
            file(tar, "bin/busybox", 0755, busybox);
            if (own.isPresent()) {
                file(tar, "own", 0644, own.get());
            }
            for (String applet : APPLETS) {
                TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarArchiveEntry.LF_SYMLINK);
                link.setLinkName("busybox");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            file(
                    tar,
                    "etc/passwd",
                    0644,
                    "root:x:0:0::/:/bin/sh\nharbour:x:4711:4711::/:/bin/sh\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static String hash(byte[] busybox, String dockerfile) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(busybox);
            digest.update((dockerfile + APPLETS).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
