package dev.staithe.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.runtime.Randomness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconnectTest {
    private static final Randomness RANDOMNESS =
            new SimulatedWorld().environment(loop -> {}).randomness();

    private final Reconnect reconnect = new Reconnect(List.of("a", "b", "c"), RANDOMNESS);

    @Test
    void triesEachInTurn() {
        List<String> round = List.of(reconnect.address(), reconnect.address(), reconnect.address());

        assertThat(round).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(reconnect.address()).isEqualTo(round.getFirst());
    }

    @Test
    void theFirstRoundIsFastAndThePausesGrowToHalfAMinute() {
        for (int i = 0; i < 3; i++) {
            assertThat(reconnect.failed()).isLessThanOrEqualTo(Duration.ofMillis(60));
        }
        assertThat(reconnect.failed()).isBetween(Duration.ofMillis(200), Duration.ofMillis(300));
        Duration last = Duration.ZERO;
        for (int i = 0; i < 100; i++) {
            last = reconnect.failed();
        }
        assertThat(last).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(36));
    }

    @Test
    void goesWhereTheLeaderIs() {
        assertThat(reconnect.redirected("leader")).isZero();
        assertThat(reconnect.address()).isEqualTo("leader");
    }

    @Test
    void doesNotGoRoundInCirclesForEver() {
        for (int i = 0; i < 3; i++) {
            assertThat(reconnect.redirected("x")).isZero();
            assertThat(reconnect.address()).isEqualTo("x");
        }

        assertThat(reconnect.redirected("x")).isPositive();
        assertThat(reconnect.address()).isNotEqualTo("x");
    }

    @Test
    void begunAnewAfterASessionAndWithTheSameOne() {
        for (int i = 0; i < 20; i++) {
            reconnect.failed();
        }

        reconnect.succeeded("b");

        assertThat(reconnect.failed()).isLessThanOrEqualTo(Duration.ofMillis(60));
        assertThat(reconnect.address()).isEqualTo("b");
    }
}
