package dev.staithe.agent;

import static dev.staithe.agent.Tasks.container;
import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.traffic.fake.FakeGate;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the connections to a task that is to stop. */
class DrainStoryTest {
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final int DRAINING = 30;
    private static final int PORT = 8080;
    private static final HostPort REFUSED = new HostPort("tcp", PORT);

    private final AgentFixture host = new AgentFixture();
    private final FakeControlPlane controlPlane = host.controlPlane;

    @AfterEach
    void nothingIsRefusedForATaskThatIsNot() {
        List<String> leaving = host.status().tasks().stream()
                .filter(task -> task.status().name().equals("DEACTIVATING")
                        || task.status().name().equals("STOPPING"))
                .map(task -> task.taskId())
                .toList();
        assertThat(leaving).containsAll(host.gate.refused().values());
    }

    @Test
    void refusesNewConnectionsAndWaitsForThoseThatThereAre() {
        running();
        host.gate.counting(listener -> 1);

        stop();
        host.run(SOON);

        assertThat(status()).isEqualTo("DEACTIVATING");
        assertThat(host.gate.refused()).containsExactly(Map.entry(REFUSED, id(1)));
        assertThat(host.engine.running()).hasSize(1);

        host.gate.counting(listener -> 0);
        host.run(SOON);

        assertThat(statuses()).endsWith("DEACTIVATING", "STOPPING", "STOPPED");
        assertThat(host.gate.refused()).isEmpty();
        assertThat(last().getStoppedReason()).isEqualTo("Scaling activity");
        assertThat(last().getStopCode()).isEmpty();
    }

    /** What is refused outlives the agent: the next one has to know for whom. */
    @Test
    void refusesNothingBeforeItIsDurableThatTheTaskDrains() {
        FullDisk disk = new FullDisk();
        host.ledger = disk;
        running();
        host.gate.counting(listener -> 1);

        disk.full = true;
        stop();
        host.run(Duration.ofMillis(500));
        assertThat(host.gate.refused()).isEmpty();

        disk.full = false;
        host.run(SOON);
        assertThat(host.gate.refused()).containsExactly(Map.entry(REFUSED, id(1)));
    }

    @Test
    void aDiskThatStaysFullDoesNotKeepATaskFromItsEnd() {
        FullDisk disk = new FullDisk();
        host.ledger = disk;
        running();

        disk.full = true;
        stop();
        host.run(SOON);

        assertThat(host.engine.running()).isEmpty();
    }

    @Test
    void anIdleTaskStopsAtTheSecondLook() {
        running();

        stop();
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
        assertThat(host.gate.looks()).hasSize(2);
    }

    @Test
    void aLookThatFindsAConnectionBeginsTheCountAnew() {
        running();
        int[] found = {0, 2, 0, 1, 0, 0};
        host.gate.counting(listener -> found[host.gate.looks().size() - 1]);

        stop();
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
        assertThat(host.gate.looks()).hasSize(found.length);
    }

    @Test
    void looksLessOftenWhereLookingTakesLong() {
        running();
        host.gate.counting(listener -> {
            host.world.pass(Duration.ofMillis(100));
            return 1;
        });

        stop();
        host.run(Duration.ofSeconds(10));

        assertThat(host.gate.looks()).as("a fifth of ten seconds, by 100 ms").hasSizeBetween(18, 20);
    }

    @Test
    void anIdleTaskStopsAsSoonWhereLookingTakesLong() {
        running();
        host.gate.counting(listener -> {
            host.world.pass(Duration.ofMillis(100));
            return 0;
        });

        stop();
        host.run(Duration.ofMillis(300));

        assertThat(status()).isNotEqualTo("DEACTIVATING");
        assertThat(host.gate.looks()).hasSize(2);
    }

    @Test
    void waitsNoLongerThanItMay() {
        running();
        host.gate.counting(listener -> 1);

        stop();
        host.run(Duration.ofSeconds(DRAINING).minusMillis(500));
        assertThat(status()).isEqualTo("DEACTIVATING");
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
    }

    @Test
    void waitsTheWholeTimeWhereConnectionsCannotBeSeen() {
        running();
        host.gate.counting(listener -> FakeGate.UNSEEN);

        stop();
        host.run(Duration.ofSeconds(DRAINING).minusMillis(500));
        assertThat(status()).isEqualTo("DEACTIVATING");
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
    }

    @Test
    void aServiceThatChangesItsMindMeanwhileIsHeard() {
        running();
        host.gate.counting(listener -> 1);
        stop();
        host.run(SOON);

        controlPlane.delta(List.of(Tasks.stopped(web().setConnectionDrainingS(5), "Scaling activity")), List.of());
        host.run(Duration.ofSeconds(1));
        assertThat(status()).isEqualTo("DEACTIVATING");
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
    }

    @Test
    void withoutADrainingTimeNothingIsRefused() {
        host.start();
        controlPlane.snapshot(web().setConnectionDrainingS(0).build());
        host.run(SOON);

        controlPlane.delta(List.of(Tasks.stopped(web().setConnectionDrainingS(0), "")), List.of());
        host.run(SOON);

        assertThat(statuses()).doesNotContain("DEACTIVATING");
        assertThat(host.gate.looks()).isEmpty();
    }

    @Test
    void aTaskWithoutPublishedPortsStopsAtOnce() {
        host.start();
        controlPlane.snapshot(Tasks.web(1).setConnectionDrainingS(DRAINING).build());
        host.run(SOON);

        controlPlane.delta(List.of(Tasks.stopped(Tasks.web(1).setConnectionDrainingS(DRAINING), "")), List.of());
        host.run(SOON);

        assertThat(statuses()).doesNotContain("DEACTIVATING").endsWith("STOPPED");
    }

    @Test
    void aTaskThatEndsByItselfRefusesNothing() {
        host.engine.offer(Tasks.IMAGE, FakeImage.running().exiting(Duration.ofSeconds(5), 1));
        running();

        host.run(Duration.ofSeconds(6));

        assertThat(statuses()).doesNotContain("DEACTIVATING").endsWith("STOPPED");
    }

    @Test
    void aHostThatCannotRefuseWaitsForItsConnectionsAllTheSame() {
        host.gate.breakDown();
        running();
        host.gate.counting(listener -> host.gate.looks().size() > 10 ? 0 : 1);

        stop();
        host.run(SOON);

        assertThat(statuses()).endsWith("DEACTIVATING", "STOPPING", "STOPPED");
        assertThat(host.gate.looks()).hasSize(12);
        assertThat(controlPlane.hellos().getLast().getFacts().getAttributesMap())
                .doesNotContainKey("staithe.capability.connection-draining");
    }

    @Test
    void aFirewallThatFailsIsTriedAgainAndDoesNotKeepTheTaskFromStopping() {
        running();
        host.gate.failWith("table is busy");
        stop();
        host.run(Duration.ofMillis(500));

        assertThat(status())
                .as("no connections, so it goes on; what is refused is not known")
                .isEqualTo("STOPPING");
        host.gate.failWith("");
        host.run(SOON);

        assertThat(status()).isEqualTo("STOPPED");
        assertThat(host.gate.refused()).isEmpty();
    }

    @Test
    void aTaskIsNotOverBeforeItsPortIsFree() {
        running();
        host.gate.counting(listener -> 1);
        stop();
        host.run(SOON);
        host.gate.failWith("table is busy");
        host.gate.counting(listener -> 0);
        host.run(SOON);

        assertThat(host.engine.running()).isEmpty();
        assertThat(status()).isEqualTo("STOPPING");
        assertThat(host.gate.refused()).hasSize(1);
        host.gate.failWith("");
        host.run(Duration.ofSeconds(10));

        assertThat(status()).isEqualTo("STOPPED");
    }

    /** At any moment of a drain the agent is killed; the next one finds what is refused, and ends it. */
    @Test
    void nothingStaysRefusedAfterAKillAtAnyMoment() {
        host.start();
        for (int millis = 0; millis < 120; millis++) {
            AgentFixture each = new AgentFixture();
            each.start();
            each.controlPlane.snapshot(web().build());
            each.run(SOON);
            int looks = millis % 4;
            each.gate.counting(listener -> each.gate.looks().size() <= looks ? 1 : 0);

            each.controlPlane.delta(List.of(Tasks.stopped(web(), "enough")), List.of());
            each.run(Duration.ofMillis(millis));
            each.kill();
            each.run(Duration.ofSeconds(1));
            each.start();
            each.controlPlane.snapshot(Tasks.stopped(web(), "enough"));
            each.run(Duration.ofSeconds(40));

            assertThat(each.lastKnown(id(1))).as("killed after %d ms", millis).isEqualTo("STOPPED");
            assertThat(each.gate.refused()).as("killed after %d ms", millis).isEmpty();
        }
    }

    @Test
    void aDrainGoesOnAfterAKillForTheTimeThatIsLeft() {
        running();
        host.gate.counting(listener -> 1);
        stop();
        host.run(Duration.ofSeconds(10));

        host.kill();
        host.run(Duration.ofSeconds(10));
        assertThat(host.gate.refused()).as("what is refused outlives the agent").hasSize(1);
        host.start();
        controlPlane.snapshot(Tasks.stopped(web(), "Scaling activity"));
        host.run(Duration.ofSeconds(8));
        assertThat(host.lastKnown(id(1))).isEqualTo("DEACTIVATING");
        assertThat(host.gate.refused()).hasSize(1);
        host.run(SOON);

        assertThat(host.lastKnown(id(1))).isEqualTo("STOPPED");
    }

    @Test
    void whatNoTaskNeedsIsNotRefusedOnceTheAgentHasStarted() throws Exception {
        host.gate.refuse(new TreeMap<>(Map.of(REFUSED, id(9))));

        host.start();

        assertThat(host.gate.refused()).isEmpty();
    }

    @Test
    void tasksThatDrainTogetherDoNotForgetEachOther() {
        host.start();
        controlPlane.snapshot(
                web(1, 8081).build(), web(2, 8082).build(), web(3, 8083).build());
        host.run(SOON);
        host.gate.counting(listener -> 1);

        controlPlane.delta(
                List.of(
                        Tasks.stopped(web(1, 8081), ""),
                        Tasks.stopped(web(2, 8082), ""),
                        Tasks.stopped(web(3, 8083), "")),
                List.of());
        host.run(SOON);
        assertThat(host.gate.counts())
                .as("one look at all of them at a time, but for the first")
                .isLessThanOrEqualTo(host.gate.looks().size() / 3 + 2);
        assertThat(host.gate.refused().keySet()).extracting(HostPort::number).containsExactly(8081, 8082, 8083);
        host.gate.counting(listener -> listener.hostPorts().contains(8082) ? 1 : 0);
        host.run(SOON);

        assertThat(host.gate.refused().keySet()).extracting(HostPort::number).containsExactly(8082);
    }

    private void running() {
        host.start();
        controlPlane.snapshot(web().build());
        host.run(SOON);
        assertThat(status()).isEqualTo("RUNNING");
    }

    private void stop() {
        controlPlane.delta(List.of(Tasks.stopped(web(), "Scaling activity")), List.of());
    }

    private static AssignedTask.Builder web() {
        return web(1, PORT);
    }

    private static AssignedTask.Builder web(int number, int port) {
        ContainerDefinition.Builder app = container("app", Tasks.IMAGE)
                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(port));
        return Tasks.of(number, app).setConnectionDrainingS(DRAINING);
    }

    private String status() {
        return last().getStatus();
    }

    private TaskReport last() {
        return controlPlane.lastOf(id(1));
    }

    private List<String> statuses() {
        return controlPlane.reportsOf(id(1)).stream().map(TaskReport::getStatus).toList();
    }
}
