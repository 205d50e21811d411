package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassTimesTest {
    private final List<String> resigned = new ArrayList<>();
    private final PassTimes times = new PassTimes(() -> resigned.add("resigned"));

    @Test
    void aQuickPassIsNotCounted() {
        times.took(Duration.ofMillis(999).toNanos());

        assertThat(times.slow()).isZero();
    }

    @Test
    void aSlowPassIsCounted() {
        times.took(Duration.ofSeconds(1).toNanos());
        times.took(Duration.ofMillis(9999).toNanos());

        assertThat(times.slow()).isEqualTo(2);
        assertThat(resigned).isEmpty();
    }

    @Test
    void aLeaderThatIsFarTooSlowResigns() {
        times.took(Duration.ofSeconds(10).toNanos());

        assertThat(resigned).hasSize(1);
    }
}
