package dev.staithe.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.Images.DiskUsage;
import dev.staithe.agent.container.Images.StoredImage;
import dev.staithe.agent.image.CleanupPlan.Policy;
import dev.staithe.agent.image.CleanupPlan.Removal;
import dev.staithe.agent.image.CleanupPlan.Situation;
import dev.staithe.agent.model.FetchedImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which image goes next, and which never does. */
final class CleanupPlanTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final DiskUsage ROOMY = new DiskUsage(100, 20);
    private static final DiskUsage FULL = new DiskUsage(100, 90);

    private final List<StoredImage> stored = new ArrayList<>();
    private final List<FetchedImage> fetched = new ArrayList<>();
    private final TreeSet<String> needed = new TreeSet<>();
    private final List<String> excluded = new ArrayList<>();
    private DiskUsage disk = ROOMY;
    private int left = 5;

    @Test
    void theLongestUnusedGoesFirst() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1", "shop/a@sha256:aa");
        ours("sha256:b", Duration.ofHours(3), "shop/b:1");

        assertThat(next()).contains(new Removal("sha256:b", new TreeSet<>(List.of("shop/b:1"))));
    }

    @Test
    void goesByAllItsNames() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1", "shop/a@sha256:aa");

        assertThat(next().map(Removal::names)).contains(new TreeSet<>(List.of("shop/a:1", "shop/a@sha256:aa")));
    }

    @Test
    void whatHasLostItsNamesGoesByItsId() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1");
        stored.set(0, new StoredImage("sha256:a", List.of(), 1, false));

        assertThat(next().map(Removal::names)).contains(new TreeSet<>(List.of("sha256:a")));
    }

    @Test
    void staysUntilItIsOldEnough() {
        ours("sha256:a", Duration.ofMinutes(59), "shop/a:1");

        assertThat(next()).isEmpty();
    }

    @Test
    void staysWhenEnoughHaveGoneAtThisLook() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1");
        left = 0;

        assertThat(next()).isEmpty();
    }

    @Test
    void goesWhateverItsAgeWhenTheDiskIsTooFull() {
        ours("sha256:a", Duration.ofMinutes(1), "shop/a:1");
        left = 0;
        disk = FULL;

        assertThat(next().map(Removal::id)).contains("sha256:a");
    }

    @Test
    void theDiskNeverCountsAtAHundredPercent() {
        ours("sha256:a", Duration.ofMinutes(1), "shop/a:1");
        disk = new DiskUsage(100, 100);

        assertThat(new CleanupPlan(new Policy(Duration.ofHours(1), 5, 100, List.of())).next(situation()))
                .isEmpty();
    }

    @Test
    void staysWhileAContainerIsMadeOfIt() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1");
        stored.set(0, new StoredImage("sha256:a", List.of("shop/a:1"), 1, true));
        disk = FULL;

        assertThat(next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop/a:1", "shop/a@sha256:aa", "sha256:a"})
    void staysWhileATaskNeedsIt(String name) {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1", "shop/a@sha256:aa");
        needed.add(name);
        disk = FULL;

        assertThat(next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "docker.io/library/web:latest", "sha256:a"})
    void staysWhenTheOperatorExcludesIt(String name) {
        ours("sha256:a", Duration.ofHours(2), "web:latest");
        excluded.add(name);
        disk = FULL;

        assertThat(next()).isEmpty();
    }

    @Test
    void staysWhenSomebodyElseBroughtIt() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1");
        fetched.set(0, new FetchedImage("sha256:a", new TreeSet<>(List.of("shop/a:1")), false, 0));
        stored.add(new StoredImage("sha256:b", List.of("shop/b:1"), 1, false));
        disk = FULL;

        assertThat(next()).isEmpty();
    }

    @Test
    void staysWhenSomebodyElseGaveItAName() {
        ours("sha256:a", Duration.ofHours(2), "shop/a:1");
        stored.set(0, new StoredImage("sha256:a", List.of("shop/a:1", "golden:1"), 1, false));
        disk = FULL;

        assertThat(next()).isEmpty();
    }

    /** Claim: whatever the situation, what goes was brought by us, is used by nobody, and is needed by nobody. */
    @Test
    void neverTakesWhatIsInUse() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            stored.clear();
            fetched.clear();
            needed.clear();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                String name = "shop/" + i + ":1";
                stored.add(new StoredImage("sha256:" + i, List.of(name), 1, random.nextBoolean()));
                if (random.nextBoolean()) {
                    fetched.add(new FetchedImage(
                            "sha256:" + i,
                            new TreeSet<>(List.of(name)),
                            random.nextBoolean(),
                            random.nextLong(NOW.toEpochMilli())));
                }
                if (random.nextInt(4) == 0) {
                    needed.add(name);
                }
            }
            disk = random.nextBoolean() ? FULL : ROOMY;

            next().ifPresent(removal -> {
                StoredImage image = stored.stream()
                        .filter(each -> each.id().equals(removal.id()))
                        .findFirst()
                        .orElseThrow();
                assertThat(image.used()).isFalse();
                assertThat(needed).doesNotContainAnyElementsOf(image.references());
                assertThat(fetched).anyMatch(each -> each.id().equals(removal.id()) && each.brought());
            });
        }
    }

    private void ours(String id, Duration unused, String... names) {
        stored.add(new StoredImage(id, List.of(names), 1, false));
        fetched.add(new FetchedImage(
                id, new TreeSet<>(List.of(names)), true, NOW.minus(unused).toEpochMilli()));
    }

    private Optional<Removal> next() {
        return new CleanupPlan(new Policy(Duration.ofHours(1), 5, 85, excluded)).next(situation());
    }

    private Situation situation() {
        return new Situation(stored, fetched, needed, disk, left, NOW);
    }
}
