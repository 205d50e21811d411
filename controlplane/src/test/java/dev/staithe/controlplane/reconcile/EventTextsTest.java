package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.placement.Explanation;
import dev.staithe.controlplane.placement.Reason;
import dev.staithe.controlplane.placement.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventTextsTest {
    @Test
    void nameTheTasksThatWereStartedAndStopped() {
        assertThat(EventTexts.started(List.of("a", "b"))).isEqualTo("has started 2 tasks: (task a) (task b).");
        assertThat(EventTexts.stopped(List.of("a"))).isEqualTo("has stopped 1 running tasks: (task a).");
    }

    @Test
    void nameTwentyTasksOfMany() {
        List<String> ids = IntStream.range(0, 25).mapToObj(Integer::toString).toList();

        assertThat(EventTexts.started(ids))
                .startsWith("has started 25 tasks: (task 0) ")
                .endsWith(" (task 19) and 5 more.");
    }

    @ParameterizedTest
    @CsvSource({
        "CPU, has insufficient CPU units available.",
        "MEMORY, has insufficient memory available.",
        "PORTS, is already using a port required by your task.",
        "ATTRIBUTE, is missing an attribute required by your task.",
        "AGENT, encountered error \"AGENT\".",
    })
    void nameTheClosestHostAndWhatItLacks(Reason reason, String text) {
        Explanation explanation =
                new Explanation(1, List.of(new Explanation.Host("i-1", "h", new Verdict.Refused(reason, 1, ""))));

        assertThat(EventTexts.unableToPlace(explanation))
                .isEqualTo("was unable to place a task because no container instance met all of its requirements."
                        + " The closest matching (container-instance i-1) "
                        + text);
    }

    @Test
    void sayThatThereAreNoHosts() {
        assertThat(EventTexts.unableToPlace(new Explanation(1, List.of())))
                .isEqualTo("was unable to place a task because no container instance met all of its requirements."
                        + " Reason: No Container Instances were found in your cluster.");
    }
}
