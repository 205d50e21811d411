package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Images.StoredImage;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.PullProgress;
import dev.staithe.agent.container.RegistryCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images from a registry as people run it, with the real engine between. */
@Timeout(120)
final class DockerRegistryTest {
    private static final Platform HOST = new Platform("linux", "amd64");
    private static final RegistryCredentials RIGHT =
            new RegistryCredentials(DebianRegistry.USER, DebianRegistry.PASSWORD);

    @TempDir
    private Path directory;

    private final TestEngine engine = new TestEngine();
    private Images images;
    private DebianRegistry open;
    private DebianRegistry guarded;
    private Path dockerConfig;

    @BeforeEach
    void start() throws IOException {
        dockerConfig = directory.resolve("config.json");
        engine.dockerConfig(dockerConfig);
        images = engine.runtime(engine.instance(), DockerDeadlines.standard()).images();
        open = DebianRegistry.open(engine.client(), Files.createDirectory(directory.resolve("open")));
        guarded = DebianRegistry.guarded(engine.client(), Files.createDirectory(directory.resolve("guarded")));
    }

    @AfterEach
    void close() {
        open.close();
        guarded.close();
        engine.close();
    }

    @Test
    void fetchesAnImageAndSaysHowFarItHasCome() throws ContainerFault {
        String digest = open.push("shop:1", "first");
        List<PullProgress> progress = new ArrayList<>();

        images.pull(new PullRequest(open.image("shop:1"), HOST, Optional.empty()), progress::add);

        LocalImage image = images.find(open.image("shop:1")).orElseThrow();
        assertThat(image.digest()).isEqualTo(digest);
        assertThat(image.platform()).isEqualTo(HOST);
        PullProgress last = progress.getLast();
        assertThat(last.layers()).isPositive();
        assertThat(last.fetched()).isEqualTo(last.layers());
        assertThat(last.total()).isPositive();
        assertThat(last.bytes()).isEqualTo(last.total());
    }

    @Test
    void aTagThatMovedMeansTheNewImageAndADigestTheOldOne() throws ContainerFault {
        String first = open.push("shop:1", "first");
        pull(open.image("shop:1"));
        String second = open.push("shop:1", "second");

        pull(open.image("shop:1"));
        assertThat(images.find(open.image("shop:1")).map(LocalImage::digest)).contains(second);

        pull(open.image("shop@" + first));
        assertThat(images.find(open.image("shop@" + first)).map(LocalImage::digest))
                .contains(first);
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void saysOfAMissingImageWhatToCheck() {
        open.push("shop:1", "first");

        ContainerFault fault = refused(open.image("shop:9"), Optional.empty());

        assertThat(fault.retriable()).isFalse();
        assertThat(fault)
                .hasMessageStartingWith(open.image("shop:9") + ": manifest for ")
                .hasMessageContaining("manifest unknown")
                .hasMessageContaining("To do: check the image's name and tag");
    }

    @Test
    void saysThatARegistryIsNotThere() {
        ContainerFault fault = refused("127.0.0.1:1/shop:1", Optional.empty());

        assertThat(fault.retriable()).isTrue();
        assertThat(fault)
                .hasMessageContaining("connection refused")
                .hasMessageContaining("check that this host reaches 127.0.0.1:1");
    }

    @Test
    void showsTheCredentialsOfTheTask() throws ContainerFault {
        guarded.push("shop:1", "first");

        images.pull(new PullRequest(guarded.image("shop:1"), HOST, Optional.of(RIGHT)), progress -> {});

        assertThat(images.find(guarded.image("shop:1"))).isPresent();
    }

    @Test
    void saysOfAWrongPasswordAndOfNoneWhatToDo() {
        guarded.push("shop:1", "first");

        ContainerFault wrong = refused(
                guarded.image("shop:1"), Optional.of(new RegistryCredentials(DebianRegistry.USER, "wr0ng-pass")));
        ContainerFault none = refused(guarded.image("shop:1"), Optional.empty());

        assertThat(wrong.retriable()).isFalse();
        assertThat(wrong)
                .hasMessageContaining("unauthorized")
                .hasMessageContaining("docker login " + guarded.host())
                .hasMessageNotContaining("wr0ng-pass");
        assertThat(none.retriable()).isFalse();
        assertThat(none)
                .hasMessageContaining("no basic auth credentials")
                .hasMessageContaining("repositoryCredentials");
    }

    @Test
    void showsTheLoginOfTheHost() throws IOException, ContainerFault {
        guarded.push("shop:1", "first");
        String auth = Base64.getEncoder()
                .encodeToString((DebianRegistry.USER + ":" + DebianRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));

        assertThat(refused(guarded.image("shop:1"), Optional.empty()).retriable())
                .isFalse();
        Files.writeString(dockerConfig, """
                {"auths": {"https://%s/v1/": {"auth": "%s"}}}""".formatted(guarded.host(), auth));

        pull(guarded.image("shop:1"));
    }

    @Test
    void asksTheCredentialHelperOfTheHost() throws IOException, ContainerFault {
        guarded.push("shop:1", "first");
        helper("""
                read -r server
                [ "$server" = "%s" ] && [ "$1" = get ] || exit 1
                echo '{"ServerURL": "x", "Username": "%s", "Secret": "%s"}'
                """.formatted(guarded.host(), DebianRegistry.USER, DebianRegistry.PASSWORD));

        pull(guarded.image("shop:1"));
    }

    @Test
    void namesTheCredentialHelperThatFails() throws IOException {
        guarded.push("shop:1", "first");
        helper("echo 's3cret' >&2; exit 3");

        ContainerFault fault = refused(guarded.image("shop:1"), Optional.empty());

        assertThat(fault)
                .hasMessageContaining("no basic auth credentials")
                .hasMessageContaining("ended with status 3")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void doesNotWaitForEverForACredentialHelper() throws IOException {
        DockerDeadlines standard = DockerDeadlines.standard();
        images = engine.runtime(
                        engine.instance(),
                        new DockerDeadlines(
                                standard.pull(),
                                standard.pullInactivity(),
                                Duration.ofSeconds(1),
                                standard.create(),
                                standard.start(),
                                standard.stopExtra(),
                                standard.inspect(),
                                standard.list(),
                                standard.remove()))
                .images();
        helper("exec sleep 60");

        ContainerFault fault = refused(guarded.image("shop:1"), Optional.empty());

        assertThat(fault.retriable()).isTrue();
        assertThat(fault).hasMessageContaining("credential helper").hasMessageContaining("within 1 s");
    }

    @Test
    void tellsForWhichPlatformAnImageIs() throws ContainerFault {
        open.push("shop:arm", "first", "linux/arm64");

        pull(open.image("shop:arm"));

        assertThat(images.find(open.image("shop:arm")).map(LocalImage::platform))
                .contains(new Platform("linux", "arm64"));
    }

    @Test
    void removesAnImageByItsNamesUnlessAContainerWasMadeOfIt() throws ContainerFault {
        String digest = open.push("shop:1", "first");
        pull(open.image("shop:1"));
        String id = images.find(open.image("shop:1")).orElseThrow().id();
        String container = engine.client()
                .createContainerCmd(open.image("shop:1"))
                .withCmd("true")
                .exec()
                .getId();

        assertThat(stored(id).used()).isTrue();
        assertThat(stored(id).references()).contains(open.image("shop:1"), open.image("shop@" + digest));
        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> images.remove(open.image("shop:1")));
        assertThat(fault.kind()).isEqualTo(Kind.CannotRemoveImageError);

        engine.client().removeContainerCmd(container).exec();
        images.remove(open.image("shop:1"));
        images.remove(open.image("shop:1"));
        images.remove(open.image("shop@" + digest));
        assertThat(images.list()).noneMatch(image -> image.id().equals(id));
    }

    @Test
    void saysHowFullTheDiskIs() throws ContainerFault {
        assertThat(images.disk().total()).isPositive();
        assertThat(images.disk().percent()).isBetween(1, 100);
    }

    private StoredImage stored(String id) throws ContainerFault {
        return images.list().stream()
                .filter(image -> image.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void pull(String image) throws ContainerFault {
        images.pull(new PullRequest(image, HOST, Optional.empty()), progress -> {});
    }

    private ContainerFault refused(String image, Optional<RegistryCredentials> credentials) {
        ContainerFault fault = catchThrowableOfType(
                ContainerFault.class, () -> images.pull(new PullRequest(image, HOST, credentials), progress -> {}));
        assertThat(fault.kind()).isEqualTo(Kind.CannotPullContainerError);
        return fault;
    }

    /** A program beside the configuration, which names it by a name of this test's own. */
    private void helper(String script) throws IOException {
        String name = "staithe-" + engine.instance();
        Path program = Path.of("/usr/local/bin/docker-credential-" + name);
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        program.toFile().deleteOnExit();
        Files.writeString(dockerConfig, """
                {"credHelpers": {"%s": "%s"}}""".formatted(guarded.host(), name));
    }
}
