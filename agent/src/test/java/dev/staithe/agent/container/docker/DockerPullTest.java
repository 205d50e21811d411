package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pulling, from a registry of the test's own. */
@Timeout(60)
final class DockerPullTest {
    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private TestRegistry registry;

    @BeforeEach
    void open() throws IOException {
        registry = new TestRegistry();
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        registry.close();
    }

    @Test
    void fetchesAnImageByTagAndByDigest() throws ContainerFault {
        String image = registry.image("there:1");
        assertThat(runtime.images().find(image)).isEmpty();

        pull(runtime, image);
        pull(runtime, registry.image("there@" + registry.digest()));

        assertThat(runtime.images().find(image).map(LocalImage::digest)).contains(registry.digest());
        engine.client().removeImageCmd(image).withForce(true).exec();
    }

    private static void pull(DockerRuntime runtime, String image) throws ContainerFault {
        runtime.images().pull(new PullRequest(image, Platform.UNKNOWN, Optional.empty()), progress -> {});
    }

    @ParameterizedTest
    @CsvSource({
        "missing:1, manifest unknown, false",
        "there:2, manifest unknown, false",
        "denied:1, denied, false",
        "busy:1, 503, true"
    })
    void saysInTheEnginesWordsWhyNot(String name, String words, boolean retriable) {
        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> pull(runtime, registry.image(name)));

        assertThat(fault.kind()).isEqualTo(Kind.CannotPullContainerError);
        assertThat(fault).hasMessageContaining(words);
        assertThat(fault.retriable()).isEqualTo(retriable);
    }

    @Test
    void givesUpOnARegistryThatFallsSilent() {
        DockerDeadlines standard = DockerDeadlines.standard();
        DockerRuntime impatient = engine.runtime(
                engine.instance(),
                new DockerDeadlines(
                        standard.pull(),
                        Duration.ofMillis(500),
                        standard.credentialHelper(),
                        standard.create(),
                        standard.start(),
                        standard.stopExtra(),
                        standard.inspect(),
                        standard.list(),
                        standard.remove()));

        ContainerFault fault =
                catchThrowableOfType(ContainerFault.class, () -> pull(impatient, registry.image("silent:1")));

        assertThat(fault.kind()).isEqualTo(Kind.DockerTimeoutError);
        assertThat(fault.retriable()).isTrue();
    }
}
