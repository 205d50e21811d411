package dev.staithe.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.agent.v1.ControlMessage.KindCase;
import dev.staithe.proto.store.v1.LeaderRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A whole replica, elected and demoted by the store. */
class DemotionTest {
    private final World world = World.withDefaultCluster();
    private final ControlPlane control = ControlPlane.create(config(), world.environment, world.store);
    private final FakeAgent agent = new FakeAgent("1".repeat(32), control.agents());

    DemotionTest() throws IntentException {}

    @Test
    void everythingThatOnlyALeaderRunsStops() throws IntentException {
        control.start();
        world.manual.advance(Duration.ofSeconds(1));
        agent.says(agent.hello(1));
        world.created("web", 1);
        world.manual.run();
        assertThat(roles()).containsExactly("inputs", "transactions", "decisions", "agent sessions");
        assertThat(agent.assigned()).hasSize(1);

        anotherLeads();
        world.manual.run();
        long revision = world.state().revision();
        int told = agent.received.size();
        world.created("api", 1);
        agent.beats();
        world.manual.advance(Duration.ofMinutes(5));

        assertThat(roles()).isEmpty();
        assertThat(agent.last(KindCase.REFUSED).getRefused().getReason()).isEqualTo("NOT_LEADER");
        assertThat(agent.received).hasSize(told);
        // The definition with its family, and the service: nothing but the user's own writes.
        assertThat(world.state().revision()).isEqualTo(revision + 2);
    }

    @Test
    void aReplicaThatStopsGivesItsLeadershipBackFirst() {
        control.start();
        world.manual.advance(Duration.ofSeconds(1));
        List<String> story = new ArrayList<>();

        control.retire(
                () -> story.add("retired, led by " + world.state().leader().isPresent()));
        world.manual.run();
        assertThat(roles()).isEmpty();
        control.stop(() -> story.add("stopped"));
        world.manual.run();

        assertThat(story).containsExactly("retired, led by false", "stopped");
    }

    private void anotherLeads() {
        world.store.commit(new Txn(List.of(), List.of(new Mutation.Delete(Keys.LEADER))));
        world.store.commit(new Txn(
                List.of(new Guard.Absent(Keys.LEADER)),
                List.of(new Mutation.Put(
                        Keys.LEADER,
                        LeaderRecord.newBuilder()
                                .setNodeId("other")
                                .setAddress("cp2:7070")
                                .build()
                                .toByteString()))));
    }

    private List<String> roles() {
        List<String> running = new ArrayList<>();
        control.loop().execute(() -> running.addAll(control.leaderRoles()));
        world.manual.run();
        return running;
    }

    private static ControlPlaneConfig config() {
        return new ControlPlaneConfig(
                "here",
                null,
                null,
                new ControlPlaneConfig.StoreConfig("local", "/nowhere", null),
                Duration.ofSeconds(2),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
