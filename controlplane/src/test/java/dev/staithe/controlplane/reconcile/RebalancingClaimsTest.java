package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Scheduling.Rebalancing;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Verdict;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Claims about rebalancing on random fleets, to which hosts are added, and from which some are drained:
 *
 * <ul>
 *   <li>it terminates: with every round of moves the figures of {@link Evenness} become smaller,
 *   <li>when it is over, no move of one task to a host that has room would be a gain;
 * </ul>
 *
 * and what {@link World} checks after every transaction.
 */
final class RebalancingClaimsTest {
    private static final int SEEDS = 150;

    @TestFactory
    List<DynamicTest> holdOnRandomFleets() {
        return new Random(2)
                .longs(SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> fleet(seed)))
                .toList();
    }

    private static void fleet(long seed) {
        Random random = new Random(seed);
        int zones = random.nextInt(4);
        World world = new World();
        hosts(world, random, zones, 1 + random.nextInt(3));
        world.service(1 + random.nextInt(24), 50 + 50 * random.nextInt(2), 125 + 25 * random.nextInt(4));
        world.spreadBy(strategies(random)).rebalance(Rebalancing.ENABLED);
        try {
            world.converge();
            for (int round = 0; round < 3; round++) {
                hosts(world, random, zones, 1 + random.nextInt(4));
                if (random.nextInt(3) == 0) {
                    List<ContainerInstance> all = List.copyOf(world.state().instances());
                    world.drain(all.get(random.nextInt(all.size())).id(), true);
                }
                rebalance(world);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void hosts(World world, Random random, int zones, int count) {
        for (int i = 0; i < count; i++) {
            String id = "host-" + world.state().instances().size();
            long memory = 256L * (1 + random.nextInt(16));
            if (zones == 0) {
                world.host(id, memory);
            } else {
                world.hostIn("zone-" + random.nextInt(zones), id, memory);
            }
        }
    }

    private static PlacementStrategy[] strategies(Random random) {
        PlacementStrategy zones = strategy("spread", "attribute:ecs.availability-zone");
        PlacementStrategy hosts = strategy("spread", "instanceId");
        List<List<PlacementStrategy>> all = List.of(
                List.of(),
                List.of(zones),
                List.of(hosts),
                List.of(zones, hosts),
                List.of(zones, strategy("binpack", "memory")),
                List.of(hosts, strategy("random", "")));
        return all.get(random.nextInt(all.size())).toArray(PlacementStrategy[]::new);
    }

    private static PlacementStrategy strategy(String type, String field) {
        return PlacementStrategy.newBuilder().setType(type).setField(field).build();
    }

    private static void rebalance(World world) {
        List<Long> before = new ArrayList<>();
        world.convergeWatching(() -> {
            List<Task> live = world.live();
            boolean begins = live.size() == world.service().desired()
                    && world.tasks().size() == live.size()
                    && live.stream()
                            .allMatch(t -> world.state()
                                    .instance(t.instanceId())
                                    .filter(ContainerInstance::takesTasks)
                                    .isPresent())
                    && live.stream().anyMatch(t -> t.marks().moving());
            if (begins) {
                List<Long> now = evenness(world).orElseThrow().figures();
                if (!before.isEmpty()) {
                    assertThat(compare(now, before))
                            .as("%s is less than %s", now, before)
                            .isNegative();
                }
                before.clear();
                before.addAll(now);
            }
        });
        noMoveIsAGain(world);
    }

    private static void noMoveIsAGain(World world) {
        Optional<Evenness> evenness = evenness(world);
        if (evenness.isEmpty() || world.service().maximum() <= world.service().desired()) {
            return;
        }
        Capacity capacity = Capacity.of(world.state());
        for (Task task : world.tasks()) {
            for (ContainerInstance host : world.state().instances()) {
                if (capacity.fits(host, task.demand()) instanceof Verdict.Fits) {
                    assertThat(evenness.get().gain(task.instanceId(), host.id()))
                            .as("a move from %s to %s", task.instanceId(), host.id())
                            .isEmpty();
                }
            }
        }
    }

    private static Optional<Evenness> evenness(World world) {
        return Evenness.of(
                world.state(),
                world.service(),
                world.tasks().stream().map(Task::instanceId).toList());
    }

    private static int compare(List<Long> a, List<Long> b) {
        for (int level = 0; level < a.size(); level++) {
            int order = Long.compare(a.get(level), b.get(level));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
