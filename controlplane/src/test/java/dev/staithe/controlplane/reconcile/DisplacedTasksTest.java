package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks on hosts that are being drained, and tasks that are moved. */
final class DisplacedTasksTest {
    private static final String STUCK = "was unable to stop or start tasks during a deployment because of the service"
            + " deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.";

    private final World world = new World().hosts(3, 65536);

    private List<Task> on(String host) {
        return world.tasks().stream().filter(t -> t.instanceId().equals(host)).toList();
    }

    @Test
    void areReplacedFirstAndStoppedWhenTheirReplacementsAreHealthy() {
        world.service(3, 100, 200).converge();

        world.drain("host-a", true);
        world.settle();
        assertThat(world.live()).as("one more, elsewhere").hasSize(4);
        assertThat(on("host-a")).noneMatch(Task::stopWanted);

        world.cooperate();
        world.settle();
        assertThat(on("host-a"))
                .as("the replacement runs, and is not healthy yet")
                .noneMatch(Task::stopWanted);

        world.pass(Duration.ofSeconds(40));
        world.settle();
        assertThat(on("host-a")).singleElement().satisfies(task -> {
            assertThat(task.stopCode()).isEqualTo("ServiceSchedulerInitiated");
            assertThat(task.stoppedReason()).startsWith("Container instance is in DRAINING");
        });
        assertThat(world.live()).hasSize(3);

        world.converge();
        assertThat(on("host-a")).isEmpty();
        assertThat(world.events()).last().isEqualTo("has reached a steady state.");
    }

    @Test
    void areNoDeployment() {
        world.service(3, 100, 200).converge();

        world.drain("host-a", true);
        world.converge();

        assertThat(world.generations()).containsExactly(1L);
        assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
    }

    @Test
    void keepTheServiceFromBeingSteady() {
        world.service(3, 100, 100).converge();
        int said = world.events().size();

        world.drain("host-a", true);
        world.settle();
        world.pass(Duration.ofHours(7));
        world.settle();

        assertThat(world.events().subList(said, world.events().size())).doesNotContain("has reached a steady state.");
    }

    @Test
    void areStoppedAtOnceWhileTheyArePending() {
        world.service(3, 100, 100).settle();

        world.drain("host-a", true);
        world.settle();

        assertThat(on("host-a")).allMatch(Task::stopWanted);
        assertThat(world.live()).hasSize(3).noneMatch(t -> t.instanceId().equals("host-a"));
    }

    @Test
    void areStoppedBeforeTheyAreReplacedWhereOnlyTheMinimumLeavesRoom() {
        world.service(4, 50, 100).converge();
        int before = on("host-a").size();

        world.drain("host-a", true);
        world.settle();

        assertThat(world.live()).hasSize(4);
        assertThat(on("host-a")).hasSize(before).allMatch(Task::stopWanted);
        assertThat(world.healthy()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void stayForEverWhereBothBoundsAreAHundredPercent() {
        world.service(3, 100, 100).converge();

        world.drain("host-a", true);
        world.converge();

        assertThat(on("host-a")).singleElement().matches(Task::live);
        assertThat(world.events()).last().isEqualTo(STUCK);
        assertThat(world.events().stream().filter(STUCK::equals)).hasSize(1);

        world.limit(50, 100);
        world.converge();
        assertThat(on("host-a")).isEmpty();
    }

    @Test
    void stayWhenTheirHostIsActiveAgain() {
        world.service(3, 100, 200).converge();
        String task = on("host-a").getFirst().id();

        world.drain("host-a", true);
        world.settle();
        world.drain("host-a", false);
        world.converge();

        assertThat(on("host-a")).extracting(Task::id).containsExactly(task);
        assertThat(world.tasks()).hasSize(3);
    }

    @Test
    void goWithinTheMinimumWhereTheirReplacementsFindNoPlace() {
        World full = new World().hosts(2, 512).service(4, 50, 200).converge();

        full.drain("host-a", true);
        full.settle();

        assertThat(full.live()).hasSize(2).allMatch(t -> t.instanceId().equals("host-b"));
        assertThat(full.state().waiting(World.UID)).isPresent();
    }

    @Test
    void areReplacedBelowTheMinimumOnlyByTheDeathOfOthers() {
        world.service(3, 100, 200).converge();
        world.drain("host-a", true);
        world.settle();

        world.ends(on("host-b").getFirst());
        world.settle();

        assertThat(on("host-a")).allMatch(Task::live);
        assertThat(world.live()).hasSize(4);
    }

    @Test
    void goBeforeHealthyOnesThatAreMeantToStayOnScaleIn() {
        world.service(6, 100, 100).converge();
        world.drain("host-a", true);
        world.settle();

        world.scale(4);
        world.converge();

        assertThat(on("host-a")).isEmpty();
        assertThat(on("host-b")).hasSize(2);
        assertThat(on("host-c")).hasSize(2);
    }

    @Test
    void ofAnOldRevisionAreReplacedByTheNewOne() {
        world.service(4, 100, 200).converge();
        world.update();
        world.settle();

        world.drain("host-a", true);
        world.converge();

        assertThat(on("host-a")).isEmpty();
        assertThat(world.live(2)).hasSize(4);
        assertThat(world.tasks()).hasSize(4);
    }

    @Test
    void ofAnOldRevisionAreReplacedByItWhileTheNewOneKeepsFailing() {
        world.service(3, 100, 200).converge();
        world.update();
        for (int i = 0; i < 8; i++) {
            world.settle();
            world.live(2).forEach(world::ends);
        }
        world.settle();
        assertThat(world.live(2)).as("it is throttled").isEmpty();

        world.drain("host-a", true);
        world.settle();

        assertThat(world.live(1)).as("room is kept for the new revision").hasSize(3);

        world.limit(100, 300);
        world.settle();
        assertThat(world.live(1)).hasSize(4);
        world.live(1).stream()
                .filter(t -> t.status() == TaskStatus.PENDING)
                .toList()
                .forEach(world::runs);
        world.settle();
        world.pass(Duration.ofSeconds(40));
        world.settle();
        assertThat(on("host-a").stream().filter(t -> t.generation() == 1)).allMatch(Task::stopWanted);
        assertThat(world.healthy()).isEqualTo(3);
    }

    @Test
    void areTheUnhealthyOnesFirst() {
        world.service(4, 50, 100);
        world.update(world.register(256, 0, true));
        world.converge();
        world.drain("host-a", true);
        Task sick = on("host-a").getFirst();
        world.runs(sick, Health.UNHEALTHY);

        Plan plan = world.plan();

        assertThat(plan.decisions().stream()
                        .filter(Decision.Stop.class::isInstance)
                        .map(d -> ((Decision.Stop) d).task().id()))
                .contains(sick.id());
    }

    @Test
    void stayWhileTheyAreProtectedAndGoWhenTheirProtectionEnds() {
        world.service(3, 100, 200).converge();
        Task task = on("host-a").getFirst();
        world.protect(task, Duration.ofMinutes(10));

        world.drain("host-a", true);
        world.settle();
        assertThat(world.live()).as("not replaced either").hasSize(3);
        assertThat(world.plan().wakeAtNanos())
                .hasValue(world.moment().nanos() + Duration.ofMinutes(10).toNanos());

        world.pass(Duration.ofMinutes(10));
        world.converge();
        assertThat(on("host-a")).isEmpty();
    }
}
