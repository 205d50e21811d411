package dev.staithe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignmentDigestTest {
    @Test
    void isTheFirstEightBytesOfTheSha256OfTheLines() {
        // printf '' | sha256sum; printf 'a|RUNNING\nb|STOPPED\n' | sha256sum
        assertThat(AssignmentDigest.of(new TreeMap<>())).isEqualTo(0xe3b0c44298fc1c14L);
        assertThat(AssignmentDigest.of(new TreeMap<>(Map.of("b", "STOPPED", "a", "RUNNING"))))
                .isEqualTo(0xc5e878a1a2a7ae15L);
    }

    @Test
    void differsWhenOneDesiredStatusDiffers() {
        assertThat(AssignmentDigest.of(new TreeMap<>(Map.of("a", "RUNNING"))))
                .isNotEqualTo(AssignmentDigest.of(new TreeMap<>(Map.of("a", "STOPPED"))));
    }

    @Test
    void refusesAnotherOrder() {
        assertThatThrownBy(() -> AssignmentDigest.of(new TreeMap<>(Comparator.reverseOrder())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
