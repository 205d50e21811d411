package dev.staithe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class CyclesTest {
    private final SequencedMap<String, List<String>> waits = new LinkedHashMap<>();

    @Test
    void thereIsNoneWhereTwoWaysLeadToTheSame() {
        waits.put("app", List.of("cache", "db"));
        waits.put("cache", List.of("db"));
        waits.put("db", List.of("disk"));

        assertThat(Cycles.find(waits)).isEmpty();
    }

    @Test
    void namesTheCircleWithoutTheWayThatLeadsToIt() {
        waits.put("proxy", List.of("app"));
        waits.put("app", List.of("cache", "db"));
        waits.put("cache", List.of());
        waits.put("db", List.of("app"));

        assertThat(Cycles.find(waits)).contains(List.of("app", "db", "app"));
    }

    @Test
    void whoWaitsForItselfIsACircle() {
        waits.put("app", List.of("app"));

        assertThat(Cycles.find(waits)).contains(List.of("app", "app"));
    }
}
