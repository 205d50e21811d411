package dev.staithe.controlplane.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * What holds for every fleet and every request: random ones, from seeds. {@code -Dplacement.cases=N} asks for another number
 * of requests.
 */
final class PlacementPropertiesTest {
    private static final int CASES = Integer.getInteger("placement.cases", 20_000);
    private static final int REQUESTS = 5;

    /** Runs the property for as many fleets as there are cases, with the seed in whatever it throws. */
    private static void forAll(long seed, int cases, LongConsumer property) {
        new Random(seed).longs(cases).forEach(s -> {
            try {
                property.accept(s);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + s + "L: " + e.getMessage(), e);
            }
        });
    }

    @Test
    void placesWhereAnOracleThatLooksAtEveryHostPlaces() {
        forAll(1, CASES / REQUESTS, PlacementPropertiesTest::placesAsTheOracle);
    }

    private static void placesAsTheOracle(long seed) {
        Random random = new Random(seed);
        Fleet fleet = Fleet.random(random, 8);
        Capacity capacity = fleet.capacity();
        Oracle oracle = new Oracle(fleet.state());
        for (int i = 0; i < REQUESTS; i++) {
            Ask ask = Ask.random(random, 6);

            List<Ranked> ranked = Placer.rank(capacity, ask.request());
            Placement placement = Placer.place(capacity, ask.request());

            List<String> expected = oracle.place(ask);
            assertThat(ranked.stream().map(r -> r.host().id()).limit(1).toList())
                    .as("the first of the ranking gets the first task")
                    .isEqualTo(expected.stream().limit(1).toList());
            if (!placement.instanceIds().equals(expected)) {
                assertThat(placement.instanceIds()).as("request %s: %s", i, ask).isEqualTo(expected);
            }
            explainsTheRest(fleet, ask, placement, expected.size());
        }
    }

    @Test
    void strategiesDoNotCountTasksThatAreReplaced() {
        forAll(6, CASES / REQUESTS, PlacementPropertiesTest::doesNotCountTheReplaced);
    }

    private static void doesNotCountTheReplaced(long seed) {
        Random random = new Random(seed);
        Fleet fleet = Fleet.random(random, 8);
        Ask ask = Ask.random(random, 6);
        List<Task> replaced = fleet.state().tasks().stream()
                .filter(t -> t.group().equals(ask.group()) && !t.stopped() && random.nextBoolean())
                .toList();

        Placement placement = Placer.place(fleet.capacity(), ask.request(), replaced);

        assertThat(placement.instanceIds()).isEqualTo(new Oracle(fleet.state()).place(ask, replaced));
    }

    private static void explainsTheRest(Fleet fleet, Ask ask, Placement placement, int placed) {
        if (placement.explanation().isEmpty()) {
            assertThat(placed).isEqualTo(ask.count());
            return;
        }
        Explanation explanation = placement.explanation().get();
        assertThat(explanation.waiting()).isEqualTo(ask.count() - placed);
        assertThat(explanation.hosts())
                .as("an explanation names every host")
                .hasSameSizeAs(fleet.state().instances())
                .allMatch(h -> !h.refused().detail().isEmpty());
    }

    @Test
    void neverTakesMoreOfAHostThanItHas() {
        forAll(2, 2_000, PlacementPropertiesTest::doesNotOverCommit);
    }

    private static void doesNotOverCommit(long seed) {
        Random random = new Random(seed);
        Fleet fleet = Fleet.random(random, 6);
        Capacity capacity = fleet.capacity();
        List<Oracle.Holding> placed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Ask ask = Ask.random(random, 10);
            Placer.place(capacity, ask.request())
                    .instanceIds()
                    .forEach(id -> placed.add(new Oracle.Holding(id, ask.group(), ask.demand())));
        }
        for (ContainerInstance host : fleet.state().instances()) {
            List<Demand> own = placed.stream()
                    .filter(p -> p.host().equals(host.id()))
                    .map(Oracle.Holding::demand)
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            List<Demand> all = new ArrayList<>(own);
            fleet.state().tasksOfInstance(host.id()).stream()
                    .filter(t -> !t.stopped())
                    .forEach(t -> all.add(t.demand()));
            assertThat(all.stream().mapToLong(Demand::memory).sum()).isLessThanOrEqualTo(host.memory());
            assertThat(
                            own.stream().anyMatch(d -> d.cpu() > 0)
                                    ? all.stream().mapToLong(Demand::cpu).sum()
                                    : 0)
                    .isLessThanOrEqualTo(host.cpu());
            assertThat(
                            own.stream().anyMatch(d -> d.gpus() > 0)
                                    ? all.stream().mapToInt(Demand::gpus).sum()
                                    : 0)
                    .isLessThanOrEqualTo(host.gpus().size());
            for (Demand demand : own) {
                assertThat(demand.tcpPorts()).doesNotContainAnyElementsOf(host.reservedTcpPorts());
                for (int port : demand.tcpPorts()) {
                    assertThat(all.stream().filter(d -> d.tcpPorts().contains(port)))
                            .hasSize(1);
                }
            }
        }
    }

    @Test
    void noStrategyLeavesATaskWithoutAHostThatFitsSomewhere() {
        forAll(3, 5_000, PlacementPropertiesTest::strategiesAreBestEffort);
    }

    private static void strategiesAreBestEffort(long seed) {
        Random random = new Random(seed);
        Fleet fleet = Fleet.random(random, 8);
        Ask ask = Ask.random(random, 12);
        Capacity capacity = fleet.capacity();

        Placement placement = Placer.place(capacity, ask.request());

        if (placement.instanceIds().size() < ask.count()) {
            Oracle oracle = new Oracle(fleet.state());
            oracle.place(ask);
            assertThat(fleet.state().instances()).noneMatch(h -> oracle.fits(h, ask));
        }
    }

    @Test
    void answersTheSameQuestionTheSameWay() {
        forAll(4, 5_000, PlacementPropertiesTest::isDeterministic);
    }

    private static void isDeterministic(long seed) {
        Ask ask = Ask.random(new Random(seed), 12);

        List<String> first = Placer.place(Fleet.random(new Random(seed), 8).capacity(), ask.request())
                .instanceIds();
        List<String> again = Placer.place(Fleet.random(new Random(seed), 8).capacity(), ask.request())
                .instanceIds();

        assertThat(again).isEqualTo(first);
    }

    @Test
    void aCapacityThatIsKeptAnswersAsOneThatIsNew() {
        forAll(5, 1_500, PlacementPropertiesTest::isKeptUpToDate);
    }

    /** Hosts and tasks come, change and go, some placements become true, others are forgotten; and all the time it is asked. */
    private static void isKeptUpToDate(long seed) {
        Random random = new Random(seed);
        Fleet fleet = Fleet.random(random, 6);
        Capacity kept = fleet.capacity();
        for (int turn = 0; turn < 8; turn++) {
            for (int change = random.nextInt(4); change > 0; change--) {
                kept.touched(change(random, fleet));
            }
            kept.at(fleet.state());
            Capacity made = fleet.capacity();
            for (int i = random.nextInt(3); i > 0; i--) {
                Ask ask = Ask.random(random, 4);
                assertThat(Placer.place(kept, ask.request()).instanceIds())
                        .isEqualTo(Placer.place(made, ask.request()).instanceIds());
            }
            Fleet ahead = fleet.copy();
            for (int change = random.nextInt(3); change > 0; change--) {
                kept.touched(change(random, ahead));
            }
            kept.suppose(ahead.state());
            Ask ask = Ask.random(random, 4);
            assertThat(Placer.place(kept, ask.request()).instanceIds())
                    .isEqualTo(Placer.place(ahead.capacity(), ask.request()).instanceIds());
        }
    }

    /** Something happens to a host; the answer is its id. */
    private static String change(Random random, Fleet fleet) {
        String id = "h" + random.nextInt(8);
        List<Task> running = fleet.state().tasksOfInstance(id).stream()
                .filter(t -> !t.stopped())
                .toList();
        switch (random.nextInt(6)) {
            case 0 -> fleet.randomHost(random, id);
            case 1 -> fleet.remove(id);
            case 2 -> fleet.status(id, random.nextBoolean());
            case 3 -> running.stream().findFirst().ifPresent(fleet::stop);
            default -> fleet.randomTask(random, id);
        }
        return id;
    }
}
