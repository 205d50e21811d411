package dev.staithe.controlplane.placement;

import static dev.staithe.controlplane.placement.Fleet.CLUSTER;
import static dev.staithe.controlplane.placement.Fleet.demand;
import static dev.staithe.controlplane.placement.Fleet.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementExplanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class PlacerTest {
    private static Placement place(Fleet fleet, String group, Demand demand, int count) {
        return Placer.place(fleet.capacity(), new PlacementRequest(CLUSTER, group, demand, count));
    }

    @Test
    void spreadsAsItsDocumentationSays() {
        Fleet fleet = new Fleet()
                .host("a", 1024)
                .host("b", 4608)
                .host("c", 600)
                .task("b", "web", TaskStatus.RUNNING, spec(0, 512));

        assertThat(place(fleet, "web", demand(0, 512), 4).instanceIds()).containsExactly("a", "c", "b", "a");
    }

    @Test
    void countsOnlyTasksOfTheGroupThatHaveNotStopped() {
        Fleet fleet = new Fleet()
                .host("a", 4096)
                .host("b", 2048)
                .task("a", "other", TaskStatus.RUNNING, spec(0, 16))
                .task("a", "web", TaskStatus.STOPPED, spec(0, 16))
                .task("b", "web", TaskStatus.STOPPING, spec(0, 16));

        assertThat(place(fleet, "web", demand(0, 16), 1).instanceIds()).containsExactly("a");
    }

    @Test
    void usesOneFixedPortOnceAHost() {
        Fleet fleet = new Fleet().host("a", 4096).host("b", 4096);

        Placement placement = place(fleet, "web", demand(0, 16, 8080), 3);

        assertThat(placement.instanceIds()).containsExactly("a", "b");
        assertThat(placement.explanation().orElseThrow().waiting()).isEqualTo(1);
    }

    @Test
    void sharesOneCapacityBetweenTheRequestsOfAPass() {
        Fleet fleet = new Fleet().host("a", 1024);
        Capacity capacity = fleet.capacity();

        Placer.place(capacity, new PlacementRequest(CLUSTER, "one", demand(0, 768), 1));
        Placement second = Placer.place(capacity, new PlacementRequest(CLUSTER, "two", demand(0, 512), 1));

        assertThat(second.instanceIds()).isEmpty();
    }

    @Test
    void explainsThatThereAreNoHosts() {
        Explanation explanation =
                place(new Fleet(), "web", demand(0, 1), 2).explanation().orElseThrow();

        assertThat(explanation.waiting()).isEqualTo(2);
        assertThat(explanation.hosts()).isEmpty();
        assertThat(explanation.closest()).isEmpty();
    }

    @Test
    void namesEveryHostWithItsReasonInTheOrderOfTheirNames() {
        Fleet fleet = new Fleet()
                .host("c", 100)
                .host("a", 1024)
                .connected("a", false, true)
                .host("b", 200)
                .host("d", 1024)
                .status("d", ContainerInstance.Status.DRAINING);

        Explanation explanation =
                place(fleet, "web", demand(0, 512), 1).explanation().orElseThrow();

        PlacementExplanation message = explanation.message(1_500);
        assertThat(message.getSince().getSeconds()).isEqualTo(1);
        assertThat(message.getSince().getNanos()).isEqualTo(500_000_000);
        assertThat(message.getHostsList())
                .extracting(HostVerdict::getHostName, HostVerdict::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a.example", "AGENT"),
                        org.assertj.core.groups.Tuple.tuple("b.example", "RESOURCE:MEMORY"),
                        org.assertj.core.groups.Tuple.tuple("c.example", "RESOURCE:MEMORY"),
                        org.assertj.core.groups.Tuple.tuple("d.example", "DRAINING"));
        assertThat(explanation.closest().orElseThrow().instanceId())
                .as("the one that lacks least memory")
                .isEqualTo("b");
    }

    @Test
    void storesTheClosestHostsOfAVeryLargeCluster() {
        List<Explanation.Host> hosts = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            Reason reason = i < 700 ? Reason.AGENT : Reason.MEMORY;
            hosts.add(new Explanation.Host("i" + i, "h" + i, new Verdict.Refused(reason, 1, "")));
        }

        PlacementExplanation message = new Explanation(1, hosts).message(0);

        assertThat(message.getHostsCount()).isEqualTo(Explanation.MOST_STORED);
        assertThat(message.getHostsList().stream().filter(h -> h.getReason().equals("RESOURCE:MEMORY")))
                .hasSize(800);
    }

    @TestFactory
    List<DynamicTest> equalsTheBruteForceOracleAndNamesEveryHost() {
        return new Random(2)
                .longs(300)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> compareWithOracle(seed)))
                .toList();
    }

    private static void compareWithOracle(long seed) {
        Random random = new Random(seed);
        Fleet fleet = fleet(random);
        Demand demand = demand(64 * random.nextInt(16), 128 * random.nextInt(8), ports(random));
        int count = 1 + random.nextInt(20);

        Placement placement = place(fleet, "web", demand, count);

        List<String> expected = oracle(fleet, "web", demand, count);
        assertThat(placement.instanceIds()).as("seed %s", seed).isEqualTo(expected);
        assertThat(placement.explanation().isPresent()).isEqualTo(expected.size() < count);
        placement.explanation().ifPresent(explanation -> {
            assertThat(explanation.waiting()).isEqualTo(count - expected.size());
            assertThat(explanation.hosts())
                    .as("seed %s: an explanation names every host", seed)
                    .hasSameSizeAs(fleet.state().instances())
                    .allMatch(h -> !h.refused().detail().isEmpty());
        });
    }

    /** Looks at all hosts for each task. */
    private static List<String> oracle(Fleet fleet, String group, Demand demand, int count) {
        Capacity capacity = fleet.capacity();
        Map<String, Integer> own = new TreeMap<>();
        Map<String, Long> taken = new TreeMap<>();
        fleet.state().tasks().stream()
                .filter(t -> t.group().equals(group) && !t.stopped())
                .forEach(t -> own.merge(t.instanceId(), 1, Integer::sum));
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < count) {
            Optional<ContainerInstance> best = fleet.state().instances().stream()
                    .filter(h -> capacity.fits(h, demand) instanceof Verdict.Fits)
                    .min(Comparator.comparingInt((ContainerInstance h) -> own.getOrDefault(h.id(), 0))
                            .thenComparingLong(h -> -(h.memory()
                                    - fleet.state().usage(h.id()).memory()
                                    - taken.getOrDefault(h.id(), 0L)))
                            .thenComparing(ContainerInstance::id));
            if (best.isEmpty()) {
                break;
            }
            capacity.take(best.get(), group, demand);
            own.merge(best.get().id(), 1, Integer::sum);
            taken.merge(best.get().id(), demand.memory(), Long::sum);
            chosen.add(best.get().id());
        }
        return chosen;
    }

    private static Fleet fleet(Random random) {
        Fleet fleet = new Fleet();
        int hosts = random.nextInt(8);
        for (int i = 0; i < hosts; i++) {
            String id = "h" + i;
            fleet.host(id, 512 + 512L * random.nextInt(6));
            if (random.nextInt(6) == 0) {
                fleet.connected(id, random.nextBoolean(), random.nextBoolean());
            }
            if (random.nextInt(8) == 0) {
                fleet.status(id, any(random, ContainerInstance.Status.values()));
            }
            for (int t = random.nextInt(4); t > 0; t--) {
                fleet.task(
                        id,
                        random.nextBoolean() ? "web" : "other",
                        any(random, TaskStatus.values()),
                        spec(64, 128, ports(random)));
            }
        }
        return fleet;
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static int[] ports(Random random) {
        return random.nextInt(3) == 0 ? new int[] {8080 + random.nextInt(3)} : new int[0];
    }
}
