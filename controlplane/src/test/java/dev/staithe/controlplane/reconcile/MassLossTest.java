package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MassLossTest {
    private static final Duration LOST_AFTER = World.SETTINGS.lostAfter();

    /** Ten hosts with two tasks each. */
    private final World world = new World().hosts(10, 65536).service(20, 50, 100);

    MassLossTest() {
        world.cluster(0);
        world.converge();
        world.hearAll();
    }

    private boolean braked() {
        return world.state().brake(World.CLUSTER).isPresent();
    }

    private List<Task> given() {
        return world.state().tasksOfService(World.UID).stream()
                .filter(t -> t.stopCode().equals("TerminationNotice"))
                .toList();
    }

    @Test
    void givesUpTheTasksOfTwoHostsOfTenAsUsual() {
        world.silence(LOST_AFTER, 2);

        assertThat(braked()).isFalse();
        assertThat(given()).hasSize(4);
    }

    @Test
    void holdsTheTasksOfThreeHostsOfTen() {
        world.silence(LOST_AFTER, 3);

        assertThat(world.state().brake(World.CLUSTER))
                .hasValueSatisfying(b ->
                        assertThat(b).extracting(Brake::silent, Brake::hosts).containsExactly(3, 10));
        assertThat(given()).isEmpty();
    }

    @Test
    void countsHostsThatAreOnlySuspectedYetSoThatTheFirstOfManyIsNotGivenUp() {
        world.silence(Duration.ofSeconds(2), 1);
        world.silence(LOST_AFTER.minusSeconds(2), 4);

        assertThat(braked())
                .as("one is lost, three more fell silent two seconds later")
                .isTrue();
        assertThat(given()).isEmpty();
    }

    @Test
    void holdsNoHostsOfASmallCluster() {
        World small = new World().hosts(4, 65536).service(8, 50, 100);
        small.cluster(0);
        small.converge();
        small.hearAll();

        small.silence(LOST_AFTER, 2);

        assertThat(small.state().brake(World.CLUSTER))
                .as("half of the hosts, but only two")
                .isEmpty();
    }

    @Test
    void takesTheBrakeOffWhenTheHostsAreHeardAgain() {
        world.silence(LOST_AFTER, 5);
        assertThat(braked()).isTrue();

        world.hearAll();
        world.watchHosts();

        assertThat(braked()).isFalse();
        assertThat(given()).isEmpty();
        assertThat(world.live()).hasSize(20);
    }

    @Test
    void keepsHoldingTheLastOnesWhileTheOthersComeBack() {
        world.silence(LOST_AFTER, 5);

        world.silence(Duration.ofSeconds(1), 1);

        assertThat(braked()).isTrue();
        assertThat(given()).isEmpty();
    }

    @Test
    void givesTheTasksUpWhenTheBrakeIsReleasedAndDoesNotPutItOnAgain() {
        world.silence(LOST_AFTER, 3);

        world.cluster(1);
        world.silence(Duration.ofSeconds(1), 3);

        assertThat(given()).hasSize(6);
        world.silence(LOST_AFTER, 4);
        assertThat(given()).as("the next one, too").hasSizeGreaterThan(6);
        assertThat(world.state().brake(World.CLUSTER))
                .hasValueSatisfying(b -> assertThat(b.releases())
                        .as("still the one that was released")
                        .isZero());
    }

    @Test
    void givesTheTasksUpAtTheEndOfTheWindowAndForgetsTheBrake() {
        world.silence(LOST_AFTER, 3);

        world.silence(World.SETTINGS.brakeWindow().minusSeconds(1), 3);
        assertThat(given()).isEmpty();
        world.silence(Duration.ofSeconds(1), 3);
        world.watchHosts();

        assertThat(given()).hasSize(6);
        assertThat(braked()).isFalse();
    }

    @Test
    void keepsTheBrakeUnderANewLeaderWhoHasHeardNobodyYet() {
        world.silence(LOST_AFTER, 3);

        world.changeLeader();
        world.watchHosts();
        assertThat(braked()).isTrue();
        world.silence(LOST_AFTER, 3);

        assertThat(braked()).isTrue();
        assertThat(given()).isEmpty();
    }

    @Test
    void doesNotCountHostsThatWereLostLongAgo() {
        world.silence(LOST_AFTER, 2);
        world.silence(World.SETTINGS.brakeWindow().plus(LOST_AFTER), 2);
        assertThat(given()).hasSize(4);

        world.silence(LOST_AFTER, 3);

        assertThat(braked()).isFalse();
        assertThat(given()).hasSizeGreaterThan(4);
    }
}
