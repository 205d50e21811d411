package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Claims about every service, on random histories: users change their minds, tasks fail, hosts fall silent and are
 * drained, tasks are protected and moved, leaders change, plans are applied in part. {@link World} checks after every transaction that
 *
 * <ul>
 *   <li>healthy tasks never fall below the minimum by our own action,
 *   <li>live tasks never rise above the maximum by our own action,
 *   <li>a protected, healthy task is not stopped,
 *   <li>no host is over-committed and no port is given out twice;
 * </ul>
 *
 * and each history ends with hosts that cooperate, so that
 *
 * <ul>
 *   <li>planning again without news comes to an end,
 *   <li>every service converges when facts cooperate.
 * </ul>
 *
 * A failure names its seed; {@code history(seed)} is that history, always the same.
 */
final class ServiceClaimsTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 60;

    @TestFactory
    List<DynamicTest> holdOnRandomHistories() {
        return new Random(1)
                .longs(SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> history(seed)))
                .toList();
    }

    private static void history(long seed) {
        Random random = new Random(seed);
        World world = new World().hosts(1 + random.nextInt(4), 1024 + 512L * random.nextInt(6));
        if (random.nextBoolean()) {
            world.hostIn("zone-a", "host-y", 2048).hostIn("zone-b", "host-z", 2048);
        }
        world.service(random.nextInt(8), percent(random, 0, 100), percent(random, 100, 200));
        world.rebalance(any(random, Scheduling.Rebalancing.values()));
        try {
            for (int step = 0; step < STEPS; step++) {
                happen(world, random);
                Plan plan = world.plan();
                boolean cut = random.nextInt(4) == 0;
                world.apply(
                        cut ? World.cut(plan, random.nextInt(plan.decisions().size() + 1)) : plan);
            }
            converge(world);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void happen(World world, Random random) {
        List<Task> tasks = world.tasks();
        Task task = tasks.isEmpty() ? null : tasks.get(random.nextInt(tasks.size()));
        switch (random.nextInt(22)) {
            case 0 -> world.scale(random.nextInt(8));
            case 1 ->
                world.update(world.register(
                        128 * (1 + random.nextInt(4)), random.nextInt(5) == 0 ? 8080 : 0, random.nextBoolean()));
            case 2 -> world.limit(percent(random, 0, 100), percent(random, 100, 200));
            case 3 -> world.changeLeader();
            case 4 -> world.silence(Duration.ofSeconds(random.nextInt(90)), random.nextInt(3));
            case 5, 6 -> world.pass(Duration.ofSeconds(random.nextInt(60)));
            case 7, 8, 9 -> world.cooperate();
            case 10 -> operate(world, random);
            case 11 -> {
                if (task != null && task.live() && random.nextBoolean()) {
                    world.protect(task, Duration.ofSeconds(random.nextInt(300)));
                } else if (task != null && task.live()) {
                    world.move(task);
                }
            }
            default -> {
                if (task != null) {
                    say(world, task, random);
                }
            }
        }
    }

    private static void operate(World world, Random random) {
        List<ContainerInstance> hosts = List.copyOf(world.state().instances());
        ContainerInstance host = hosts.get(random.nextInt(hosts.size()));
        world.drain(host.id(), random.nextInt(3) != 0);
    }

    private static void say(World world, Task task, Random random) {
        if (task.stopWanted() || random.nextInt(3) == 0) {
            world.ends(task);
        } else if (task.status() == TaskStatus.PENDING) {
            world.runs(task);
        } else {
            world.runs(task, any(random, Health.values()));
        }
    }

    private static void converge(World world) {
        world.hearAll();
        world.hosts(8, 8192);
        if (world.service().maximum() <= world.service().minimumHealthy()) {
            world.limit(50, 200);
        }
        world.converge();

        int desired = world.service().desired();
        assertThat(world.healthy())
                .as("every service converges when facts cooperate")
                .isEqualTo(desired);
        assertThat(world.tasks()).hasSize(desired);
        assertThat(world.tasks())
                .as("nothing is left on hosts that are drained")
                .allMatch(t ->
                        world.state().instance(t.instanceId()).orElseThrow().status()
                                == ContainerInstance.Status.ACTIVE)
                .noneMatch(t -> t.marks().moving());
        assertThat(world.tasks())
                .allMatch(t -> t.generation() == world.service().generation());
        Deployment primary = world.deployment(world.service().generation());
        assertThat(primary.rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
        assertThat(world.generations())
                .as("what is remembered is bounded")
                .hasSizeLessThanOrEqualTo(DeploymentRecords.KEPT);
        assertThat(world.state().waiting(World.UID)).isEmpty();
        assertThat(world.events()).contains(EventTexts.steady());
        assertThat(world.state().instances()).allMatch(ContainerInstance::agentConnected);
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static int percent(Random random, int from, int to) {
        return from + random.nextInt((to - from) / 25 + 1) * 25;
    }
}
