package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostReconcilerTest {
    private final World world = new World().hosts(2, 65536).service(2, 100, 200);

    HostReconcilerTest() {
        world.converge();
        world.hearAll();
    }

    private ContainerInstance host() {
        return world.state().instance("host-a").orElseThrow();
    }

    private Plan plan() {
        return HostReconciler.plan(world.state(), host(), world.moment(), World.SETTINGS);
    }

    private long in(Duration time) {
        return world.moment().nanos() + time.toNanos();
    }

    @Test
    void leavesAHostAloneThatIsHeard() {
        assertThat(plan().decisions()).isEmpty();
        assertThat(plan().wakeAtNanos()).hasValue(in(Duration.ofSeconds(10)));
    }

    @Test
    void suspectsAHostThatFellSilentAndKeepsItsTasks() {
        world.pass(Duration.ofSeconds(10));

        assertThat(plan().decisions()).singleElement().isInstanceOfSatisfying(Decision.Update.class, update -> {
            assertThat(update.instance().agentConnected()).isFalse();
            assertThat(update.instance().version()).isEqualTo(host().version() + 1);
        });
        assertThat(plan().wakeAtNanos()).hasValue(in(Duration.ofSeconds(50)));
    }

    @Test
    void givesUpTheTasksOfALostHostSoThatTheyAreReplacedElsewhere() {
        List<Task> held = world.tasks().stream()
                .filter(t -> t.instanceId().equals("host-a"))
                .toList();
        world.pass(Duration.ofSeconds(60));
        world.hear("host-b");
        world.watchHosts();
        world.settle();

        assertThat(held).isNotEmpty().allSatisfy(task -> {
            Task now = world.state().task(task.id()).orElseThrow();
            assertThat(now.stopped()).isTrue();
            assertThat(now.stopCode()).isEqualTo("TerminationNotice");
            assertThat(now.stoppedReason())
                    .isEqualTo("Host (instance host-a) was lost: no word from its agent for 60 s");
        });
        assertThat(world.live()).hasSize(2).allMatch(t -> t.instanceId().equals("host-b"));
        assertThat(world.deployment(1).failedTasks()).as("nobody's fault").isZero();
        assertThat(plan()).isEqualTo(Plan.NOTHING);
    }

    @Test
    void takesAHostBackThatIsHeardAgain() {
        world.pass(Duration.ofSeconds(20));
        world.watchHosts();
        assertThat(host().agentConnected()).isFalse();

        world.hear("host-a");

        assertThat(plan().decisions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Decision.Update.class,
                        update -> assertThat(update.instance().agentConnected()).isTrue());
    }

    @Test
    void givesEveryHostAFullAllowanceUnderANewLeader() {
        world.pass(Duration.ofSeconds(55));
        world.changeLeader();

        assertThat(plan().decisions()).isEmpty();
        assertThat(plan().wakeAtNanos()).hasValue(in(Duration.ofSeconds(10)));
    }

    @Test
    void doesNotTakeAHostForConnectedThatANewLeaderHasNotHeard() {
        world.pass(Duration.ofSeconds(20));
        world.watchHosts();
        world.changeLeader();

        assertThat(plan().decisions()).isEmpty();
        assertThat(plan().wakeAtNanos()).as("its tasks have their allowance").hasValue(in(Duration.ofSeconds(60)));
    }

    @Test
    void givesUpTheTasksOfADeregisteredHostAtOnceSoThatTheyAreReplacedElsewhere() {
        List<Task> held = world.tasks().stream()
                .filter(t -> t.instanceId().equals("host-a"))
                .toList();
        world.wish("host-a", host().wish().deregister(host().incarnation()));
        world.watchHosts();
        world.settle();

        assertThat(held).isNotEmpty().allSatisfy(task -> {
            Task now = world.state().task(task.id()).orElseThrow();
            assertThat(now.stopCode()).isEqualTo("TerminationNotice");
            assertThat(now.stoppedReason()).isEqualTo("Host (instance host-a) was deregistered");
        });
        assertThat(world.live()).hasSize(2).allMatch(t -> t.instanceId().equals("host-b"));
        assertThat(world.deployment(1).failedTasks()).as("nobody's fault").isZero();
    }
}
