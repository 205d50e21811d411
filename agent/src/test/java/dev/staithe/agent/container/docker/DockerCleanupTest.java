package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.Images;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.image.CleanupPlan;
import dev.staithe.agent.image.FetchedImages;
import dev.staithe.agent.image.ImageCleaner;
import dev.staithe.agent.image.ImagePulls;
import dev.staithe.agent.image.ImageRequest;
import dev.staithe.agent.image.RegistrySecrets;
import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.runtime.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clean-up on the real engine, beside everything else that is on it. */
@Timeout(120)
final class DockerCleanupTest {
    private static final Platform HOST = new Platform("linux", "amd64");

    @TempDir
    private Path directory;

    private final TestEngine engine = new TestEngine();
    private final EventLoop loop = engine.environment().loop("images");
    private final LinkedBlockingQueue<String> removals = new LinkedBlockingQueue<>();
    private DebianRegistry registry;
    private Images images;
    private String container = "";

    @BeforeEach
    void start() throws IOException {
        registry = DebianRegistry.open(engine.client(), Files.createDirectory(directory.resolve("registry")));
        images = new Noting(
                engine.runtime(engine.instance(), DockerDeadlines.standard()).images(), removals);
    }

    @AfterEach
    void close() {
        loop.close();
        if (!container.isEmpty()) {
            engine.client().removeContainerCmd(container).exec();
        }
        registry.close();
        engine.close();
    }

    @Test
    void removesWhatItBroughtAndNobodyUses() throws InterruptedException, ContainerFault {
        registry.push("foreign:1", "foreign");
        for (String name : List.of("unused:1", "contained:1", "needed:1")) {
            registry.push(name, name.replace(':', '-'));
        }
        FetchedImages fetched = new FetchedImages(
                new MemoryLedger().images(),
                List.of(),
                loop,
                engine.environment().effects());
        ImagePulls pulls = new ImagePulls(
                engine.environment(), loop, images, fetched, new RegistrySecrets((task, names, then) -> {}), HOST, 5);
        images.pull(new Images.PullRequest(registry.image("foreign:1"), HOST, Optional.empty()), progress -> {});
        pull(pulls, "unused:1", "contained:1", "needed:1");
        container = engine.client()
                .createContainerCmd(registry.image("contained:1"))
                .exec()
                .getId();
        SortedSet<String> needed = new TreeSet<>(List.of(registry.image("needed:1")));
        ImageCleaner cleaner = new ImageCleaner(
                engine.environment(),
                loop,
                images,
                pulls,
                fetched,
                new CleanupPlan.Policy(Duration.ZERO, 100, 100, List.of()),
                Duration.ofMillis(100),
                () -> needed);

        loop.execute(cleaner::start);

        assertThat(removals.poll(30, TimeUnit.SECONDS)).isEqualTo(registry.image("unused:1"));
        assertThat(removals.poll(30, TimeUnit.SECONDS)).startsWith(registry.image("unused@sha256:"));
        // Two more looks come to nothing.
        assertThat(removals.poll(500, TimeUnit.MILLISECONDS)).isNull();
        assertThat(images.find(registry.image("unused:1"))).isEmpty();
        for (String name : List.of("foreign:1", "contained:1", "needed:1")) {
            assertThat(images.find(registry.image(name))).isPresent();
        }
    }

    private void pull(ImagePulls pulls, String... names) throws InterruptedException {
        CountDownLatch there = new CountDownLatch(names.length);
        loop.execute(() -> {
            for (String name : names) {
                pulls.pull(
                        new ImageRequest("", registry.image(name), PullBehavior.DEFAULT, HOST, Optional.empty()),
                        outcome -> there.countDown());
            }
        });
        assertThat(there.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Notes what was removed. */
    private record Noting(Images images, LinkedBlockingQueue<String> removals) implements Images {
        @Override
        public Optional<LocalImage> find(String image) throws ContainerFault {
            return images.find(image);
        }

        @Override
        public void pull(PullRequest request, PullListener listener) throws ContainerFault {
            images.pull(request, listener);
        }

        @Override
        public List<StoredImage> list() throws ContainerFault {
            return images.list();
        }

        @Override
        public void remove(String reference) throws ContainerFault {
            images.remove(reference);
            removals.add(reference);
        }

        @Override
        public DiskUsage disk() throws ContainerFault {
            return images.disk();
        }
    }
}
