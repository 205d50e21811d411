package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RebalancingLoopTest {
    private final LoopWorld here = new LoopWorld();

    RebalancingLoopTest() throws IntentException {}

    @Test
    void aHostThatJoinsGetsATaskWithoutAnyoneAsking() throws IntentException {
        here.lead();
        FakeAgent first = here.agent('1');
        Service service = here.world.created("web", 2);
        here.run();
        here.reports(first, 1, "RUNNING");
        here.pass(Duration.ofSeconds(4));

        FakeAgent second = here.agent('2');
        here.pass(Duration.ofSeconds(1));
        assertThat(here.live(service)).as("one more first").hasSize(3);
        assertThat(second.assigned()).hasSize(1);

        here.reports(second, 1, "RUNNING");
        here.pass(Duration.ofSeconds(4));
        assertThat(here.live(service))
                .extracting(Task::instanceId)
                .containsExactlyInAnyOrder("1".repeat(32), "2".repeat(32));
        List<String> told = here.state().events(service.uid()).stream()
                .map(ServiceEvent::message)
                .toList();
        assertThat(told).anyMatch(m -> m.contains("has started 1 tasks in ") && m.contains(" to AZ Rebalance: (task "));
        assertThat(told)
                .anyMatch(m ->
                        m.contains("has stopped 1 running tasks in ") && m.contains(" due to AZ rebalancing: (task "));
    }
}
