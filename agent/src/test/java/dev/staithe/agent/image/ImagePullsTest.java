package dev.staithe.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.image.ImagePulls.Pulled;
import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who waits for which pull, and for how many. */
final class ImagePullsTest {
    private static final Platform HOST = new Platform("linux", "amd64");
    private static final int AT_ONCE = 2;

    private final SimulatedWorld world = new SimulatedWorld();
    private final EventLoop loop = world.loop();
    private final Environment environment = world.environment(opened -> {});
    private final FakeEngine engine = new FakeEngine(world, loop);
    private final FetchedImages fetched =
            new FetchedImages(new MemoryLedger().images(), List.of(), loop, environment.effects());
    private final ImagePulls pulls = new ImagePulls(
            environment,
            loop,
            new FakeContainerRuntime(engine, "one").images(),
            fetched,
            new RegistrySecrets((task, names, then) -> {
                throw new AssertionError("no secret is asked for");
            }),
            HOST,
            AT_ONCE);
    private final List<String> answers = new ArrayList<>();

    @Test
    void fetchesSoManyAtOnceAndTheOthersInTheirTurn() {
        for (String image : List.of("a:1", "b:1", "c:1")) {
            engine.offer(image, FakeImage.running());
            pull(image);
        }

        // Looking takes one millisecond, and so does fetching.
        world.run(Duration.ofMillis(1));
        assertThat(pulls.progress(request("a:1"))).contains("pulling");
        assertThat(pulls.progress(request("c:1"))).contains("waiting for 2 other pulls, with 0 more");
        world.run(Duration.ofMillis(1));
        assertThat(engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(2);
        world.run(Duration.ofMillis(3));

        assertThat(answers).containsExactly("a:1 there", "b:1 there", "c:1 there");
        assertThat(pulls.progress(request("c:1"))).isEmpty();
    }

    @Test
    void anImageThatIsThereWaitsForNobody() {
        engine.have("cached:1", FakeImage.running());
        for (String image : List.of("a:1", "b:1", "c:1")) {
            engine.offer(image, FakeImage.running());
            pull(image);
        }
        pull("cached:1", PullBehavior.PREFER_CACHED);

        world.run(Duration.ofMillis(1));

        assertThat(answers).containsExactly("cached:1 there");
    }

    @Test
    void whoWaitsForAPullThatFailsHearsOfIt() {
        pull("missing:1");
        pull("missing:1");

        world.run(Duration.ofMillis(5));

        assertThat(engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(1);
        assertThat(answers).hasSize(2).allMatch(answer -> answer.startsWith("missing:1 manifest for missing:1"));
    }

    @Test
    void aPullThatFailsLeavesItsTurnToTheNext() {
        engine.failNext(EngineCall.PULL_IMAGE, new ContainerFault(Kind.CannotPullContainerError, "busy", true), false);
        engine.failNext(EngineCall.PULL_IMAGE, new ContainerFault(Kind.CannotPullContainerError, "busy", true), false);
        for (String image : List.of("a:1", "b:1", "c:1")) {
            engine.offer(image, FakeImage.running());
            pull(image);
        }

        world.run(Duration.ofMillis(5));

        assertThat(answers).containsExactly("a:1 busy", "b:1 busy", "c:1 there");
    }

    @Test
    void whatIsAboutToBeRemovedIsNotHandedOut() {
        engine.have("a:1", FakeImage.running());
        TreeSet<String> names = new TreeSet<>(List.of("a:1"));
        assertThat(pulls.reserve(names)).isTrue();

        pull("a:1", PullBehavior.PREFER_CACHED);
        world.run(Duration.ofSeconds(1));
        assertThat(answers).isEmpty();

        pulls.release(names);
        world.run(Duration.ofMillis(5));
        assertThat(answers).containsExactly("a:1 there");
    }

    @Test
    void whatIsOnItsWayIsNotRemoved() {
        engine.offer("a:1", FakeImage.running());
        pull("a:1");

        assertThat(pulls.reserve(new TreeSet<>(List.of("a:1")))).isFalse();
        world.run(Duration.ofMillis(5));
        assertThat(pulls.reserve(new TreeSet<>(List.of("a:1")))).isTrue();
    }

    @Test
    void aTagThatMovedIsRememberedForItsNewImageAlone() {
        engine.offer("a:1", "sha256:" + "1".repeat(64), FakeImage.running());
        pull("a:1");
        world.run(Duration.ofMillis(5));
        engine.offer("a:1", "sha256:" + "2".repeat(64), FakeImage.running());
        pull("a:1");
        world.run(Duration.ofMillis(5));

        assertThat(fetched.all())
                .filteredOn(image -> image.references().contains("a:1"))
                .singleElement()
                .satisfies(image -> assertThat(image.references()).contains("a@sha256:" + "2".repeat(64)));
        assertThat(fetched.all()).hasSize(2);
    }

    private void pull(String image) {
        pull(image, PullBehavior.ALWAYS);
    }

    private void pull(String image, PullBehavior behavior) {
        pulls.pull(
                new ImageRequest("", image, behavior, HOST, Optional.empty()),
                outcome -> answers.add(image + " "
                        + switch (outcome) {
                            case Outcome.Done<Pulled> done -> "there";
                            case Outcome.Failed<Pulled> failed -> failed.cause().getMessage();
                        }));
    }

    private static ImageRequest request(String image) {
        return new ImageRequest("", image, PullBehavior.ALWAYS, HOST, Optional.empty());
    }
}
