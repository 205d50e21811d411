package dev.staithe.agent;

import static dev.staithe.agent.Tasks.id;
import static dev.staithe.agent.Tasks.name;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.proto.agent.v1.Snapshot;
import dev.staithe.runtime.AssignmentDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How an agent and its control planes get on. */
class SessionStoryTest {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final AgentFixture host = new AgentFixture();
    private final FakeControlPlane controlPlane = host.controlPlane;

    @Test
    void greetsWithWhatItIsAndHas() {
        host.start();

        var hello = controlPlane.hellos().getFirst();
        assertThat(hello.getCluster()).isEqualTo("default");
        assertThat(hello.getInstanceId()).hasSize(32);
        assertThat(hello.getIncarnation()).isEqualTo(1);
        assertThat(hello.getBootId()).isEqualTo("boot-1");
        assertThat(hello.getFacts().getCpuUnits()).isEqualTo(4096);
        assertThat(hello.getFacts().getAttributesMap()).containsEntry("rack", "a");
    }

    @Test
    void discardsADeltaThatDoesNotBuildOnWhatItHas() {
        running(1);

        controlPlane.delta(99, List.of(Tasks.web(2).build()), List.of(id(1)));
        host.run(Duration.ofMillis(100));

        assertThat(host.engine.running()).hasSize(1);
        assertThat(resyncs()).isEqualTo(1);
        controlPlane.snapshot(Tasks.web(1).build(), Tasks.web(2).build());
        host.run(SOON);
        assertThat(host.engine.running()).hasSize(2);
    }

    @Test
    void learnsFromAHeartbeatThatADeltaWasLost() {
        running(1);

        controlPlane.say(ControlMessage.newBuilder()
                .setBeat(Beat.newBuilder().setEpoch(controlPlane.epoch).setSequence(controlPlane.sequence() + 1))
                .build());
        host.run(Duration.ofMillis(100));

        assertThat(resyncs()).isEqualTo(1);
    }

    @Test
    void asksAgainForASnapshotThatDoesNotCome() {
        host.start();

        host.run(Duration.ofMillis(3_500));

        assertThat(resyncs()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void takesADeltaThatBuildsOnADeltaStillOnItsWayToDisk() {
        host.start();

        controlPlane.snapshot();
        controlPlane.delta(List.of(Tasks.web(1).build()), List.of());
        controlPlane.delta(List.of(Tasks.web(2).build()), List.of());
        host.run(SOON);

        assertThat(host.engine.running()).hasSize(2);
        assertThat(resyncs()).isZero();
    }

    @Test
    void absenceNeverKills() {
        running(1);

        controlPlane.snapshot();
        host.run(Duration.ofMinutes(5));

        assertThat(host.engine.running()).hasSize(1);
        assertThat(host.engine.calls(EngineCall.STOP)).isZero();
        assertThat(host.status().digest()).isEqualTo(AssignmentDigest.of(new TreeMap<>()));
        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void aConfirmationStopsWhatIsLeft() {
        running(1);
        controlPlane.snapshot(List.of(), List.of(id(1)));

        host.run(SOON);

        assertThat(host.engine.running()).isEmpty();
        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("STOPPED");
    }

    @Test
    void refusesALeaderOfALowerEpoch() {
        controlPlane.epoch = 7;
        running(1);

        controlPlane.epoch = 6;
        controlPlane.drop();
        host.run(SOON);

        assertThat(controlPlane.connected()).isFalse();
        assertThat(host.engine.running()).hasSize(1);
        controlPlane.epoch = 8;
        host.run(Duration.ofMinutes(1));
        assertThat(controlPlane.connected()).isTrue();
        assertThat(host.status().identity().highestEpoch()).isEqualTo(8);
    }

    @Test
    void refusesAnOrderOfALowerEpochInsideASession() {
        controlPlane.epoch = 7;
        running(1);

        controlPlane.say(ControlMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder().setEpoch(6).setSequence(50).addConfirmedGone(id(1)))
                .build());
        host.run(Duration.ofMillis(20));

        assertThat(host.engine.running()).hasSize(1);
        assertThat(host.engine.calls(EngineCall.STOP)).isZero();
    }

    @Test
    void aHigherEpochIsDurableBeforeItIsObeyed() {
        running(1);

        controlPlane.epoch = 9;
        controlPlane.snapshot(List.of(), List.of(id(1)));
        host.run(Duration.ofNanos(600_000));
        host.kill();
        host.start();

        assertThat(host.engine.calls(EngineCall.STOP)).isZero();
        assertThat(controlPlane.hellos().getLast().getHighestEpoch()).isEqualTo(9);
    }

    @Test
    void followsTheLeader() {
        controlPlane.turnsAwayWith = Optional.of(ControlMessage.newBuilder()
                .setRefused(Refused.newBuilder().setReason("NOT_LEADER").setLeaderAddress("cp9:7070"))
                .build());
        host.start();
        host.run(Duration.ofSeconds(1));

        assertThat(controlPlane.dialled).contains("cp9:7070", "cp1:7070", "cp2:7070");
        controlPlane.turnsAwayWith = Optional.empty();
        host.run(Duration.ofMinutes(1));
        assertThat(controlPlane.connected()).isTrue();
    }

    @Test
    void triesEveryControlPlaneWithGrowingPauses() {
        controlPlane.reachable = false;
        host.start();
        host.run(Duration.ofMinutes(10));

        assertThat(controlPlane.dialled).contains("cp1:7070", "cp2:7070");
        assertThat(controlPlane.dialled.size()).isBetween(20, 60);
        controlPlane.reachable = true;
        host.run(Duration.ofSeconds(40));
        assertThat(controlPlane.connected()).isTrue();
    }

    @Test
    void leavesAControlPlaneThatIsSilent() {
        host.start();
        controlPlane.snapshot();
        host.run(SOON);

        controlPlane.beats = false;
        host.run(Duration.ofSeconds(6));

        assertThat(controlPlane.hellos()).hasSizeGreaterThan(1);
    }

    @Test
    void tasksRunOnWithoutAControlPlaneAndTheirEndsAreToldAfter() {
        running(1);
        controlPlane.reachable = false;
        controlPlane.drop();

        host.engine.end(name(1, "app"), 4, false);
        host.run(Duration.ofMinutes(5));
        controlPlane.reachable = true;
        host.run(Duration.ofMinutes(1));

        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getExitCode()).isEqualTo(4);
    }

    @Test
    void sendsAgainWhatWasNotAcknowledged() {
        host.start();
        controlPlane.acknowledges = false;
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);
        int before = controlPlane.reportsOf(id(1)).size();

        controlPlane.drop();
        controlPlane.acknowledges = true;
        host.run(SOON);
        int after = controlPlane.reportsOf(id(1)).size();
        host.run(Duration.ofMinutes(1));

        assertThat(after).isEqualTo(before + 1);
        assertThat(controlPlane.reportsOf(id(1))).hasSize(after);
    }

    @Test
    void manyChangesTravelTogether() {
        host.start();
        var tasks = java.util.stream.IntStream.rangeClosed(1, 40)
                .mapToObj(i -> Tasks.web(i).build())
                .toList();

        controlPlane.snapshot(tasks, List.of());
        host.run(SOON);

        assertThat(controlPlane.reported).hasSize(40);
        assertThat(controlPlane.reports()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void itsDigestIsThatOfTheSet() {
        running(1);
        controlPlane.delta(List.of(Tasks.stopped(Tasks.web(2), "no")), List.of());
        host.run(SOON);

        assertThat(host.status().digest())
                .isEqualTo(AssignmentDigest.of(new TreeMap<>(Map.of(id(1), "RUNNING", id(2), "STOPPED"))));
    }

    @Test
    void refusesAnAssignmentThatReachesForTheHost() {
        host.start();
        var task = Tasks.web(1);
        task.getTaskDefinitionBuilder()
                .addVolumesBuilder()
                .setName("engine")
                .getHostBuilder()
                .setSourcePath("/var/run/docker.sock");

        controlPlane.snapshot(task.build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(controlPlane.lastOf(id(1)).getStoppedReason())
                .startsWith("HostConfigError: volumes[0].host.sourcePath: /var/run/docker.sock");
        assertThat(host.engine.containers()).isEmpty();
    }

    @Test
    void refusesATaskIdThatCouldBeAPath() {
        host.start();

        controlPlane.snapshot(Tasks.web(1).setTaskId("../../etc/passwd").build());
        host.run(SOON);

        assertThat(controlPlane.lastOf("../../etc/passwd").getStatus()).isEqualTo("STOPPED");
        assertThat(host.status().tasks()).isEmpty();
    }

    private long resyncs() {
        return controlPlane.received.stream().filter(AgentMessage::hasResync).count();
    }

    private void running(int number) {
        host.start();
        controlPlane.snapshot(Tasks.web(number).build());
        host.run(SOON);
        assertThat(host.engine.running()).hasSize(1);
    }
}
