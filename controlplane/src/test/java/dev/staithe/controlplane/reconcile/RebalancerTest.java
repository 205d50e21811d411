package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Scheduling.Rebalancing;
import dev.staithe.controlplane.model.Task;
import dev.staithe.proto.v1.PlacementStrategy;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RebalancerTest {
    private static final PlacementStrategy ZONES = spread("attribute:ecs.availability-zone");

    private final World world = new World();

    private static PlacementStrategy spread(String field) {
        return PlacementStrategy.newBuilder().setType("spread").setField(field).build();
    }

    private SortedMap<String, Integer> byHost() {
        SortedMap<String, Integer> tasks = new TreeMap<>();
        world.tasks().forEach(t -> tasks.merge(t.instanceId(), 1, Integer::sum));
        return tasks;
    }

    private List<Task> moving() {
        return world.live().stream().filter(t -> t.marks().moving()).toList();
    }

    /** A service of so many tasks on host-a in zone-a, which is the only one at first. */
    private void crowd(int tasks, Rebalancing wanted) {
        world.hostIn("zone-a", "host-a", 65536).service(tasks, 100, 200).rebalance(wanted);
        world.converge();
    }

    @Test
    void bringsATaskBackToAHostThatReturnsWithoutEverHavingFewerHealthyOnes() {
        world.hostIn("zone-a", "host-a", 4096).hostIn("zone-b", "host-b", 4096);
        world.service(2, 100, 200).rebalance(Rebalancing.ENABLED).converge();
        assertThat(byHost()).containsEntry("host-a", 1).containsEntry("host-b", 1);
        world.lose("host-b");
        world.converge();
        assertThat(byHost()).containsEntry("host-a", 2);

        world.hostIn("zone-b", "host-b", 4096);
        world.settle();
        assertThat(world.live()).as("one is started first").hasSize(3);
        world.cooperate();
        world.settle();
        assertThat(world.healthy()).isEqualTo(2);
        world.pass(Duration.ofSeconds(40));
        world.settle();
        assertThat(world.healthy()).isEqualTo(2);

        assertThat(byHost()).as("within a minute").containsEntry("host-b", 1);
        world.converge();
        assertThat(byHost()).containsEntry("host-a", 1).containsEntry("host-b", 1);
        assertThat(world.tasks()).hasSize(2);
    }

    @Test
    void tellsOfZonesInTheWordsOfEcs() {
        crowd(2, Rebalancing.ENABLED);
        int said = world.events().size();

        world.hostIn("zone-b", "host-b", 65536);
        world.converge();

        assertThat(world.events().subList(said, world.events().size()))
                .containsExactly(
                        "is not AZ balanced with 2 tasks in zone-a, 0 tasks in zone-b. AZ Rebalancing in progress.",
                        "is AZ balanced with 1 tasks in zone-a, 1 tasks in zone-b.",
                        "has reached a steady state.");
    }

    @Test
    void movesFromHostToHostWhereThereAreNoZones() {
        world.hosts(1, 65536)
                .service(4, 100, 200)
                .rebalance(Rebalancing.ENABLED)
                .converge();
        int said = world.events().size();

        world.hosts(1, 65536);
        world.converge();

        assertThat(byHost()).containsEntry("host-a", 2).containsEntry("host-b", 2);
        assertThat(world.events().subList(said, world.events().size()))
                .containsExactly(
                        "is not balanced with 4 tasks on host-a.example, 0 tasks on host-b.example."
                                + " Rebalancing in progress.",
                        "has reached a steady state.");
    }

    @Test
    void evensOutHostsWithinAZoneThatHasFewerOfThem() {
        world.hostIn("zone-a", "host-a", 65536).hostIn("zone-b", "host-c", 65536);
        world.service(3, 100, 200).rebalance(Rebalancing.ENABLED).converge();
        String full = byHost().getOrDefault("host-a", 0) == 2 ? "a" : "b";

        world.hostIn("zone-" + full, "host-n", 65536);
        world.converge();

        assertThat(byHost().values()).containsExactly(1, 1, 1);
    }

    @Test
    void movesOneAtATimeOfAFewAndATenthOfMany() {
        crowd(6, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();
        assertThat(moving()).hasSize(1);

        World many = new World()
                .hostIn("zone-a", "host-a", 65536)
                .service(30, 100, 200)
                .rebalance(Rebalancing.ENABLED);
        many.converge();
        many.hostIn("zone-b", "host-b", 65536);
        many.settle();
        assertThat(many.live().stream().filter(t -> t.marks().moving())).hasSize(3);
        assertThat(many.live()).hasSize(33);
    }

    @Test
    void movesNothingWhereTheMaximumLeavesNoRoom() {
        crowd(3, Rebalancing.ENABLED);
        world.limit(50, 100);
        world.hostIn("zone-b", "host-b", 65536);

        world.converge();

        assertThat(byHost()).containsEntry("host-a", 3);
    }

    @Test
    void movesNothingForAServiceThatDoesNotWantIt() {
        crowd(4, Rebalancing.DISABLED);
        world.hostIn("zone-b", "host-b", 65536);

        world.converge();

        assertThat(byHost()).containsEntry("host-a", 4);
    }

    @Test
    void onlySaysWhatItWouldMoveInADryRun() {
        crowd(4, Rebalancing.DRY_RUN);
        world.hostIn("zone-b", "host-b", 65536);

        world.converge();
        world.pass(Duration.ofHours(1));
        world.converge();

        assertThat(byHost()).containsEntry("host-a", 4);
        assertThat(world.events().stream().filter(e -> e.startsWith("is not AZ balanced")))
                .singleElement()
                .asString()
                .matches("is not AZ balanced with 4 tasks in zone-a, 0 tasks in zone-b\\. Rebalancing is a dry run and"
                        + " would move \\(task [0-9a-f]+\\) from host-a.example to host-b.example\\.");
    }

    @Test
    void leavesProtectedTasksWhereTheyAre() {
        crowd(2, Rebalancing.ENABLED);
        world.live().forEach(t -> world.protect(t, Duration.ofMinutes(5)));
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();
        assertThat(moving()).isEmpty();

        world.pass(Duration.ofMinutes(5));
        world.converge();
        assertThat(byHost()).containsEntry("host-a", 1).containsEntry("host-b", 1);
    }

    @Test
    void movesNothingThatFindsNoPlaceAndLooksAgainInAMinute() {
        crowd(4, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 128);

        world.converge();

        assertThat(byHost()).containsEntry("host-a", 4);
        assertThat(world.plan().wakeAtNanos()).isPresent();
        assertThat(world.plan().wakeAtNanos().getAsLong() - world.moment().nanos())
                .isLessThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(world.events()).as("it is as steady as it can be").last().isEqualTo("has reached a steady state.");
    }

    @Test
    void goesOnWithWhatTheLastLeaderBegan() {
        crowd(4, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();
        String moved = moving().getFirst().id();

        world.changeLeader();
        world.settle();
        assertThat(moving()).extracting(Task::id).containsExactly(moved);

        world.converge();
        assertThat(byHost()).containsEntry("host-a", 2).containsEntry("host-b", 2);
        assertThat(world.tasks()).extracting(Task::id).doesNotContain(moved);
    }

    @Test
    void letsATaskStayWhenItsNewPlaceIsGone() {
        crowd(4, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();
        assertThat(moving()).hasSize(1);

        world.lose("host-b");
        world.converge();

        assertThat(moving()).isEmpty();
        assertThat(byHost()).containsEntry("host-a", 4);
    }

    @Test
    void letsTasksStayWhenItIsSwitchedOffBeforeTheyAreReplaced() {
        crowd(4, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 65536);
        world.apply(world.plan());
        Task marked = moving().getFirst();

        world.rebalance(Rebalancing.DISABLED);
        world.converge();

        assertThat(byHost()).containsEntry("host-a", 4);
        assertThat(world.live()).extracting(Task::id).contains(marked.id());
    }

    @Test
    void waitsUntilADeploymentIsOver() {
        crowd(4, Rebalancing.ENABLED);
        world.update();
        world.settle();
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();
        assertThat(moving()).isEmpty();

        world.converge();
        assertThat(byHost()).containsEntry("host-a", 2).containsEntry("host-b", 2);
    }

    @Test
    void leavesAloneWhatIsNotSpread() {
        crowd(4, Rebalancing.ENABLED);
        world.spreadBy(PlacementStrategy.newBuilder()
                .setType("binpack")
                .setField("memory")
                .build());
        world.hostIn("zone-b", "host-b", 65536);

        world.converge();

        assertThat(byHost()).containsEntry("host-a", 4);
    }

    @Test
    void evensOutZonesOnlyWhereOnlyZonesAreSpreadOver() {
        crowd(4, Rebalancing.ENABLED);
        world.spreadBy(ZONES);

        world.hostIn("zone-a", "host-b", 65536);
        world.converge();
        assertThat(byHost()).containsEntry("host-a", 4);

        world.hostIn("zone-b", "host-c", 65536);
        world.converge();
        assertThat(byHost()).containsEntry("host-c", 2);
    }

    @Test
    void isOverrunByADrain() {
        crowd(4, Rebalancing.ENABLED);
        world.hostIn("zone-b", "host-b", 65536);
        world.settle();

        world.drain("host-b", true);
        world.converge();

        assertThat(byHost()).containsExactly(java.util.Map.entry("host-a", 4));
        assertThat(moving()).isEmpty();
    }
}
