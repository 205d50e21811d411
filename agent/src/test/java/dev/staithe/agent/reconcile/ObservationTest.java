package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private static final LocalContainer WAITING = LocalContainer.waiting("app", "web:1");

    @Test
    void aLateLookChangesNothingBack() {
        LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(0, false));

        LocalContainer after = Observation.seen(stopped, created());

        assertThat(after.phase()).isEqualTo(Phase.STOPPED);
        assertThat(after.exitCode()).hasValue(0);
        assertThat(after.startedAt()).isEqualTo(100);
    }

    @Test
    void keepsThePortsOfAContainerThatHasStopped() {
        LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(1, false));

        assertThat(stopped.ports()).containsExactly(new PortBinding("0.0.0.0", 80, 32768, "tcp"));
    }

    @Test
    void anExitForLackOfMemoryHasEcssWords() {
        LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(137, true));

        assertThat(stopped.reason()).isEqualTo("OutOfMemoryError: Container killed due to memory usage");
    }

    @Test
    void aContainerThatNeverRanHasNoExitCode() {
        LocalContainer seen =
                Observation.seen(WAITING.created("id"), view(State.STOPPED, 128, false, 0, "no such file"));

        assertThat(seen.exitCode()).isEmpty();
        assertThat(seen.reason()).isEqualTo("CannotStartContainerError: no such file");
    }

    @Test
    void aVanishedContainerSaysSo() {
        LocalContainer vanished = Observation.missing(Observation.seen(WAITING, running()));

        assertThat(vanished.over()).isTrue();
        assertThat(vanished.live()).isFalse();
        assertThat(vanished.reason()).startsWith("ContainerVanishedError");
        assertThat(vanished.exitCode()).isEmpty();
    }

    @Test
    void aRemovedContainerKeepsHowItEnded() {
        LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(3, false));

        LocalContainer gone = Observation.missing(stopped);

        assertThat(gone.exitCode()).hasValue(3);
        assertThat(gone.reason()).isEmpty();
        assertThat(gone.onEngine()).isFalse();
    }

    @Test
    void anotherContainerOfThatNameIsNotThisOne() {
        LocalContainer held = WAITING.created("other");

        assertThat(Observation.seen(held, running())).isEqualTo(held);
    }

    @Test
    void aRunThatFollowsIsAnewOne() {
        LocalContainer awaited = Observation.seen(Observation.seen(WAITING, running()), stopped(137, true))
                .toRestart();

        LocalContainer again = Observation.seen(awaited, view(State.RUNNING, -1, false, 700, ""));

        assertThat(again.live()).isTrue();
        assertThat(again.restarting()).isFalse();
        assertThat(again.startedAt()).isEqualTo(700);
        assertThat(again.exitCode()).isEmpty();
        assertThat(again.reason()).isEmpty();
        assertThat(again.run().restarts()).isEqualTo(1);
    }

    @Test
    void aLateLookAtAFormerRunSaysNothingOfTheNewOne() {
        LocalContainer ended = Observation.seen(Observation.seen(WAITING, running()), stopped(1, false));
        LocalContainer awaited = ended.toRestart();
        LocalContainer again = Observation.seen(awaited, view(State.RUNNING, -1, false, 700, ""));

        for (ContainerView late : List.of(running(), stopped(1, false))) {
            assertThat(Observation.seen(awaited, late)).isEqualTo(awaited);
            assertThat(Observation.seen(again, late)).isEqualTo(again);
        }
    }

    /** Runs are told apart by their stamps being different, not by their order. */
    @Test
    void aNewRunIsSeenAlthoughTheClockWasSetBack() {
        LocalContainer awaited = Observation.seen(Observation.seen(WAITING, running()), stopped(1, false))
                .toRestart();

        LocalContainer again = Observation.seen(awaited, view(State.RUNNING, -1, false, 50, ""));

        assertThat(again.live()).isTrue();
        assertThat(again.startedAt()).isEqualTo(50);
    }

    @Test
    void aRunThatNobodyAwaitedCountsAsARestart() {
        LocalContainer app = Observation.seen(WAITING, running());

        LocalContainer again = Observation.seen(app, view(State.RUNNING, -1, false, 700, ""));

        assertThat(again.run().restarts()).isEqualTo(1);
        assertThat(again.run().former()).isEqualTo(100);
    }

    /** The note of a kill stays with the container: a child was killed long ago, or a neighbour under the task's limit. */
    @Test
    void anExitThatWasNoKillIsNotBlamedOnMemory() {
        for (int exit : List.of(0, 143)) {
            LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(exit, true));

            assertThat(stopped.reason()).isEmpty();
        }
    }

    @Test
    void anExitBecauseAChildWasKilledForLackOfMemorySaysSo() {
        LocalContainer stopped = Observation.seen(Observation.seen(WAITING, running()), stopped(1, true));

        assertThat(stopped.reason()).startsWith("OutOfMemoryError");
    }

    private static ContainerView created() {
        return view(State.CREATED, -1, false, 0, "");
    }

    private static ContainerView running() {
        return new ContainerView(
                "id",
                "staithe-web",
                Map.of(),
                "sha256:1",
                State.RUNNING,
                OptionalInt.empty(),
                false,
                "",
                100,
                0,
                Health.NONE,
                "",
                List.of(new PortBinding("0.0.0.0", 80, 32768, "tcp")),
                Presence.UNKNOWN);
    }

    private static ContainerView stopped(int exit, boolean oom) {
        return view(State.STOPPED, exit, oom, 100, "");
    }

    private static ContainerView view(State state, int exit, boolean oom, long startedAt, String error) {
        return new ContainerView(
                "id",
                "staithe-web",
                Map.of(),
                "sha256:1",
                state,
                exit < 0 ? OptionalInt.empty() : OptionalInt.of(exit),
                oom,
                error,
                startedAt,
                0,
                Health.NONE,
                "",
                List.of(),
                Presence.UNKNOWN);
    }
}
