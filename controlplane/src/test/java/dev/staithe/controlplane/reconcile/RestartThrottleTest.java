package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment.Failures;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RestartThrottleTest {
    @ParameterizedTest(name = "attempt {0}: {1} s")
    @CsvSource({
        "0, 0",
        "1, 0",
        "2, 1",
        "3, 2",
        "4, 4",
        "5, 8",
        "6, 16",
        "12, 1024",
        "13, 1620",
        "14, 1620",
        "100, 1620",
        "2147483647, 1620",
    })
    void doublesFromOneSecondToTheCeiling(int attempts, long seconds) {
        assertThat(RestartThrottle.delay(attempts, Duration.ofMinutes(27))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "{0} failures of {1} missing tasks: {2} s")
    @CsvSource({"0, 5, 0", "5, 5, 0", "6, 5, 1", "10, 5, 1", "11, 5, 2", "3, 1, 2", "3, 0, 2"})
    void countsTasksThatFailTogetherAsOneAttempt(int failures, int missing, long seconds) {
        World world = new World().hosts(1, 1024).service(5, 100, 200).settle();
        Facts facts = new Facts(world.state(), world.moment(), World.SETTINGS);

        long startsAt = RestartThrottle.startsAt(
                world.deployment(1).counted(new Failures(failures, 1, 0, true), 0), missing, facts);

        assertThat(startsAt)
                .isEqualTo(world.moment().nanos() + Duration.ofSeconds(seconds).toNanos());
    }
}
