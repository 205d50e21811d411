package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.client.ControlPlane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One control plane on the embedded store, killed at any moment. */
final class ControlPlaneCrashTest {
    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();
    private Engine engine;
    private Api api;
    private Daemon controlPlane;

    @BeforeEach
    void start() {
        engine = site.engine();
        api = site.api(address);
        controlPlane = site.controlPlane("control", address, site.localStore());
        site.agent("host", List.of(address));
        Site.awaitAgent(api);
    }

    @Test
    void containersRunOnUntouchedWhileTheControlPlaneIsDeadAndAfter() {
        api.createService(
                "web", api.register(site.sleeper("web", engine.image()).build()), 3);
        Site.awaitSteady(api, "web", 3);
        List<Engine.Seen> before = engine.containers();

        controlPlane.kill9();
        assertThat(engine.containers()).isEqualTo(before);
        controlPlane.startAgain();
        Site.awaitAgent(api);
        Site.awaitSteady(api, "web", 3);

        // Whatever the new process wants to do, it does before it gets to this.
        api.scale("web", 4);
        Site.awaitSteady(api, "web", 4);
        assertThat(engine.containers()).containsAll(before).hasSize(4);
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingIsStartedTwiceWhereverTheKillHits() {
        SplittableRandom moments = new SplittableRandom(2);
        Changes changes = new Changes(site.closing(new Api(List.of(address))), new SplittableRandom(1));
        for (int round = 0; round < 4; round++) {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> changes.until(enough));
            ControlPlane.pause(Duration.ofMillis(moments.nextInt(50, 1500)));
            controlPlane.kill9();
            controlPlane.startAgain();
            // The change that was under way is tried again, so that its outcome is known.
            enough.set(true);
            client.join();
            changes.assertKept(api);
        }
        assertThat(changes.made).isGreaterThan(8);

        changes.desired.forEach((service, count) -> Site.awaitSteady(api, service, count));
        changes.desired.forEach((service, count) ->
                assertThat(engine.running(service)).as(service).hasSize(count));
        assertThat(engine.containers())
                .extracting(c -> c.task() + "/" + c.name())
                .doesNotHaveDuplicates();
    }

    /** A client that makes one change after the other and remembers what was acknowledged. */
    private final class Changes {
        private static final int MOST_SERVICES = 3;
        private static final int MOST_TASKS = 3;

        private final Api client;
        private final SplittableRandom random;
        private final String image = engine.image();
        private final List<String> definitions = new ArrayList<>();
        private final Map<String, Integer> desired = new TreeMap<>();
        private int made;

        private Changes(Api client, SplittableRandom random) {
            this.client = client;
            this.random = random;
        }

        /** Makes changes until it is enough, and at least one. */
        private void until(AtomicBoolean enough) {
            do {
                change();
                made++;
            } while (!enough.get());
        }

        private void change() {
            int choice = random.nextInt(4);
            if (definitions.isEmpty() || choice == 0) {
                String family = "family-" + random.nextInt(3);
                definitions.add(client.register(site.sleeper(family, image).build()));
            } else if (desired.size() < MOST_SERVICES && choice == 1) {
                String name = "service-" + desired.size();
                int count = random.nextInt(MOST_TASKS + 1);
                client.createService(name, definitions.get(random.nextInt(definitions.size())), count);
                desired.put(name, count);
            } else if (!desired.isEmpty()) {
                String name = "service-" + random.nextInt(desired.size());
                int count = random.nextInt(MOST_TASKS + 1);
                client.scale(name, count);
                desired.put(name, count);
            }
        }

        private void assertKept(Api reader) {
            definitions.forEach(name ->
                    assertThat(reader.definition(name).getStatus()).as(name).isEqualTo("ACTIVE"));
            assertThat(definitions).doesNotHaveDuplicates();
            desired.forEach(
                    (service, count) -> assertThat(reader.service(service).getDesiredCount())
                            .as(service)
                            .isEqualTo(count));
        }
    }
}
