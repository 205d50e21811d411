package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Claims about every DAEMON, on random histories: hosts join, fall silent, are drained and change their attributes, users
 * deploy and change constraints and bounds, tasks fail, leaders change, plans are applied in part. {@link World} checks after
 * every transaction that
 *
 * <ul>
 *   <li>a daemon is never twice on a host, also not while the first one stops,
 *   <li>healthy daemons never fall below the minimum by our own action,
 *   <li>no host is over-committed and no port is given out twice;
 * </ul>
 *
 * and each history ends with hosts that cooperate, so that
 *
 * <ul>
 *   <li>planning again without news comes to an end,
 *   <li>there is exactly one healthy task of the newest revision on each host that matches, and none anywhere else.
 * </ul>
 */
final class DaemonClaimsTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 60;
    private static final int MOST_HOSTS = 12;

    @TestFactory
    List<DynamicTest> holdOnRandomHistories() {
        return new Random(2)
                .longs(SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> history(seed)))
                .toList();
    }

    private static void history(long seed) {
        Random random = new Random(seed);
        World world = new World().hosts(1 + random.nextInt(5), 1024);
        if (random.nextBoolean()) {
            world.image("web:1");
        }
        world.daemon(25 * random.nextInt(5));
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
        List<ContainerInstance> hosts = List.copyOf(world.state().instances());
        ContainerInstance host = hosts.get(random.nextInt(hosts.size()));
        List<Task> tasks = world.tasks();
        switch (random.nextInt(20)) {
            case 0 -> {
                if (hosts.size() < MOST_HOSTS) {
                    world.hosts(1, 1024);
                }
            }
            case 1 -> world.drain(host.id(), random.nextBoolean());
            case 2 -> world.attribute(host.id(), "stack", Optional.of(random.nextBoolean() ? "prod" : "test"));
            case 3 -> world.attribute(host.id(), "stack", Optional.empty());
            case 4 -> world.constrain(random.nextBoolean() ? "attribute:stack == prod" : "");
            case 5 ->
                world.update(world.register(
                        128 * (1 + random.nextInt(4)), random.nextInt(3) == 0 ? 8080 : 0, random.nextBoolean()));
            case 6 -> world.limit(25 * random.nextInt(5), 100);
            case 7 -> world.changeLeader();
            case 8, 9 -> world.silence(Duration.ofSeconds(random.nextInt(90)), random.nextInt(3));
            case 10, 11 -> world.pass(Duration.ofSeconds(random.nextInt(60)));
            case 12, 13, 14 -> world.cooperate();
            default -> {
                if (!tasks.isEmpty()) {
                    say(world, tasks.get(random.nextInt(tasks.size())), random);
                }
            }
        }
    }

    private static void say(World world, Task task, Random random) {
        if (task.stopWanted() || random.nextInt(4) == 0) {
            world.ends(task);
        } else if (task.status() == TaskStatus.PENDING) {
            world.runs(task);
        } else {
            Health[] healths = Health.values();
            world.runs(task, healths[random.nextInt(healths.length)]);
        }
    }

    private static void converge(World world) {
        world.hearAll();
        boolean constrained = !world.service().scheduling().constraints().isEmpty();
        List<String> wanted = world.state().instances().stream()
                .filter(i -> i.status() == ContainerInstance.Status.ACTIVE)
                .filter(i -> !constrained || "prod".equals(i.attribute("stack")))
                .map(ContainerInstance::id)
                .toList();
        // Where the minimum leaves no host without a task, a DAEMON cannot be replaced: that is what the user hears.
        if (world.service().counting(wanted.size()).minimumHealthy() >= wanted.size()) {
            world.limit(0, 100);
        }
        world.converge();

        assertThat(world.tasks())
                .as("exactly one on each host that matches, and none anywhere else")
                .extracting(Task::instanceId)
                .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(world.tasks())
                .as("of the newest revision")
                .extracting(Task::generation)
                .allMatch(g -> g == world.service().generation());
        assertThat(world.healthy()).as("all healthy").isEqualTo(wanted.size());
        assertThat(world.deployment(world.service().generation()).desiredCount())
                .as("the desired count follows")
                .isEqualTo(wanted.size());
        assertThat(world.state().waiting(World.UID)).isEmpty();
    }
}
