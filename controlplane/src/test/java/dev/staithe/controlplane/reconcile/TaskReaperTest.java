package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TaskReaperTest {
    private final World world = new World().hosts(1, 65536).service(1, 0, 200).settle();

    private Plan plan() {
        return TaskReaper.plan(world.state().tasksOfService(World.UID), world.moment(), World.SETTINGS);
    }

    private Task endOne() {
        Task task = world.live().getFirst();
        world.ends(task);
        world.converge();
        return task;
    }

    @Test
    void keepsAStoppedTaskForItsRetentionAndSaysWhenToComeBack() {
        Task task = endOne();
        long seen = world.moment().stoppedSince().getOrDefault(task.id(), -1L);

        assertThat(plan().decisions()).isEmpty();
        assertThat(plan().wakeAtNanos()).hasValue(seen + Duration.ofHours(1).toNanos());

        world.pass(Duration.ofHours(1));
        assertThat(plan().decisions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Forget.class,
                        forget -> assertThat(forget.task().id()).isEqualTo(task.id()));
        assertThat(plan().wakeAtNanos()).isEmpty();
    }

    @Test
    void neverForgetsATaskThatHasNotStopped() {
        world.pass(Duration.ofDays(365));

        assertThat(plan().decisions()).isEmpty();
    }

    @Test
    void keepsTheNewestHundredOfAServiceHoweverYoungTheyAre() {
        Task first = world.live().getFirst();
        world.ends(first);
        world.scale(100);
        world.settle();
        world.pass(Duration.ofMinutes(1));
        world.settle();
        world.live().forEach(world::ends);

        assertThat(world.live()).isEmpty();
        assertThat(plan().decisions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Forget.class,
                        forget -> assertThat(forget.task().id()).isEqualTo(first.id()));
    }
}
