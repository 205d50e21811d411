package dev.staithe.agent;

import static dev.staithe.agent.Tasks.container;
import static dev.staithe.agent.Tasks.id;
import static dev.staithe.agent.Tasks.name;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.TaskReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of tasks on one host, from the first word of the control plane to the last container removed. */
class AgentStoryTest {
    private static final String FIRST = "sha256:" + "1".repeat(64);
    private static final String SECOND = "sha256:" + "2".repeat(64);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration A_WHILE = Duration.ofMinutes(2);

    private final AgentFixture host = new AgentFixture();
    private final FakeControlPlane controlPlane = host.controlPlane;

    @AfterEach
    void noContainerWasTouchedThatMayNotBe() {
        assertThat(host.engine.violations()).isEmpty();
    }

    @Test
    void runsWhatItIsAssignedAndReportsItsPortsOnce() {
        host.start();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("RUNNING");
        assertThat(report.getStartedAtMs()).isPositive();
        assertThat(report.getContainers(0).getLastStatus()).isEqualTo("RUNNING");
        assertThat(controlPlane.reportsOf(id(1))).hasSize(1);
        assertThat(host.engine.running()).extracting("name").containsExactly(name(1, "app"));
    }

    @Test
    void reportsTheDigestThatATagStoodFor() {
        host.engine.offer(Tasks.IMAGE, FIRST, FakeImage.running());
        host.start();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getImageDigest()).isEqualTo(FIRST);
    }

    @Test
    void runsTheDigestThatIsSettledAlthoughTheTagHasMoved() {
        host.engine.offer(Tasks.IMAGE, FIRST, FakeImage.running());
        host.engine.offer(Tasks.IMAGE, SECOND, FakeImage.running());
        host.start();

        controlPlane.snapshot(
                Tasks.web(1).putImageDigests("app", FIRST).build(), Tasks.web(2).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getImageDigest()).isEqualTo(FIRST);
        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getImageDigest()).isEqualTo(SECOND);
        assertThat(host.engine.running())
                .extracting(request -> request.container().getImage())
                .containsExactlyInAnyOrder("shop/web@" + FIRST, Tasks.IMAGE);
    }

    @Test
    void anImageThatCameFromNoRegistryHasNoDigest() {
        host.engine.have("local:1", FakeImage.running());
        host.start();

        controlPlane.snapshot(Tasks.of(1, container("app", "local:1")).build());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("RUNNING");
        assertThat(report.getContainers(0).getImageDigest()).isEmpty();
        assertThat(report.getPullStoppedAtMs()).isPositive();
    }

    @Test
    void saysAppliedOnceAnAssignmentIsDurable() {
        host.start();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(Duration.ofMillis(20));

        assertThat(controlPlane.received)
                .filteredOn(AgentMessage::hasApplied)
                .extracting(m -> m.getApplied().getSequence())
                .containsExactly(controlPlane.sequence());
        assertThat(host.status().identity().sequence()).isEqualTo(controlPlane.sequence());
    }

    @Test
    void aTaskRunsWhenAllOfItsContainersDo() {
        host.engine.offer("shop/slow:1", FakeImage.running());
        host.engine.failNext(
                EngineCall.CREATE,
                new ContainerFault(ContainerFault.Kind.CannotCreateContainerError, "busy", true, new Exception()),
                false);
        host.start();

        controlPlane.snapshot(Tasks.of(1, container("app", Tasks.IMAGE), container("side", "shop/slow:1"))
                .build());
        host.run(Duration.ofMillis(500));
        assertThat(host.status().tasks().getFirst().status().name()).isEqualTo("PENDING");
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void stopsWhenToldAndLeavesTheCodeToTheControlPlane() {
        running(1);

        controlPlane.delta(List.of(Tasks.stopped(Tasks.web(1), "Scaling activity")), List.of());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEmpty();
        assertThat(report.getStoppedReason()).isEqualTo("Scaling activity");
        assertThat(report.getContainers(0).getExitCode()).isEqualTo(143);
        assertThat(host.engine.running()).isEmpty();
    }

    @Test
    void anEssentialExitStopsTheSiblings() {
        host.engine.offer("shop/side:1", FakeImage.running());
        host.start();
        controlPlane.snapshot(Tasks.of(1, container("app", Tasks.IMAGE), container("side", "shop/side:1"))
                .build());
        host.run(SOON);

        host.engine.end(name(1, "app"), 3, false);
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEqualTo("EssentialContainerExited");
        assertThat(report.getStoppedReason()).isEqualTo("Essential container in task exited");
        assertThat(report.getContainers(0).getExitCode()).isEqualTo(3);
        assertThat(report.getContainers(1).getExitCode()).isEqualTo(143);
    }

    @Test
    void anExitForLackOfMemorySaysSo() {
        running(1);

        host.engine.end(name(1, "app"), 137, true);
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getReason())
                .isEqualTo("OutOfMemoryError: Container killed due to memory usage");
        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getExitCode()).isEqualTo(137);
    }

    @Test
    void theExitOfAContainerThatIsNotEssentialChangesNothingElse() {
        host.engine.offer("shop/side:1", FakeImage.running());
        host.start();
        controlPlane.snapshot(Tasks.of(
                        1,
                        container("app", Tasks.IMAGE),
                        container("side", "shop/side:1").setEssential(false))
                .build());
        host.run(SOON);

        host.engine.end(name(1, "side"), 0, false);
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("RUNNING");
        assertThat(report.getContainers(1).getLastStatus()).isEqualTo("STOPPED");
    }

    @Test
    void anImageThatDoesNotExistFailsTheTaskWithTheEnginesWords() {
        host.start();

        controlPlane.snapshot(Tasks.of(1, container("app", "shop/nowhere:9")).build());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(report.getStoppedReason()).startsWith("CannotPullContainerError: manifest for shop/nowhere:9");
        assertThat(report.getContainers(0).hasExitCode()).isFalse();
        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(1);
    }

    @Test
    void aLocalImageNeedsNoRegistry() {
        host.engine.have("local/only:1", FakeImage.running());
        host.start();

        controlPlane.snapshot(Tasks.of(1, container("app", "local/only:1")).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void aBusyRegistryIsAskedAgainButNotForEver() {
        for (int i = 0; i < 5; i++) {
            host.engine.failNext(
                    EngineCall.PULL_IMAGE,
                    new ContainerFault(
                            ContainerFault.Kind.CannotPullContainerError, "too many requests", true, new Exception()),
                    false);
        }
        host.start();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(A_WHILE);

        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(5);
        assertThat(controlPlane.lastOf(id(1)).getStoppedReason())
                .isEqualTo("CannotPullContainerError: too many requests");
    }

    @Test
    void tasksOfOneImageShareItsPull() {
        host.start();

        controlPlane.snapshot(
                Tasks.web(1).build(), Tasks.web(2).build(), Tasks.web(3).build());
        host.run(SOON);

        assertThat(host.engine.running()).hasSize(3);
        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(1);
    }

    @Test
    void aStartThatWasAnsweredByATimeoutAndHappenedIsNotRepeated() {
        host.engine.failNext(
                EngineCall.START,
                new ContainerFault(ContainerFault.Kind.DockerTimeoutError, "no answer in 3 min", true, new Exception()),
                true);
        host.start();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
        assertThat(host.engine.starts().values()).containsOnly(1);
    }

    @Test
    void aSettingThatTheEngineRefusesEndsTheTaskWithTheFieldOnceAndForAll() {
        host.engine.offer(
                "shop/odd:1", FakeImage.running().failingToStart("unable to find user nobody: no matching entries"));
        host.start();

        controlPlane.snapshot(
                Tasks.of(1, container("app", "shop/odd:1").setUser("nobody")).build());
        host.run(A_WHILE);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStoppedReason())
                .isEqualTo("CannotStartContainerError: unable to find user nobody: no matching entries (field:"
                        + " containerDefinitions[0].user)");
        assertThat(host.engine.starts().values()).allMatch(starts -> starts <= 1);
    }

    @Test
    void aPortThatIsTakenFailsTheTask() {
        host.engine.offer("shop/taken:1", FakeImage.running().failingToStart("port is already allocated"));
        host.start();

        controlPlane.snapshot(Tasks.of(1, container("app", "shop/taken:1")).build());
        host.run(A_WHILE);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(report.getStoppedReason()).contains("CannotStartContainerError", "port is already allocated");
    }

    @Test
    void reportsWhatHealthChecksSay() {
        running(1);

        host.engine.health(name(1, "app"), Health.UNHEALTHY, "connection refused");
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getHealthStatus())
                .isEqualTo("UNHEALTHY");
        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getHealthOutput())
                .isEqualTo("connection refused");
    }

    @Test
    void keepsContainersForTheirLogsAndThenRemovesThem() {
        running(1);
        host.engine.end(name(1, "app"), 0, false);
        host.run(SOON);
        controlPlane.delta(List.of(), List.of(id(1)));

        host.run(Duration.ofMinutes(9));
        assertThat(host.engine.containers()).hasSize(1);
        host.run(Duration.ofMinutes(2));

        assertThat(host.engine.containers()).isEmpty();
        assertThat(host.status().tasks()).isEmpty();
    }

    @Test
    void remembersAnEndUntilItIsRecorded() {
        running(1);
        host.engine.end(name(1, "app"), 0, false);

        host.run(Duration.ofMinutes(11));

        assertThat(host.engine.containers()).isEmpty();
        assertThat(host.status().tasks()).hasSize(1);
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);
        assertThat(host.engine.running()).isEmpty();
    }

    // Crashes.

    @Test
    void adoptsItsContainersAfterAKillAndTouchesNothing() {
        running(1);
        String before = host.engine.containers().getFirst().id();

        host.kill();
        host.start();
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);

        assertThat(host.engine.containers()).extracting(ContainerView::id).containsExactly(before);
        assertThat(host.engine.calls(EngineCall.START)).isEqualTo(1);
        assertThat(host.engine.calls(EngineCall.STOP)).isZero();
        assertThat(controlPlane.hellos().getLast().getInventory(0).getStatus()).isEqualTo("RUNNING");
        assertThat(controlPlane.hellos().getLast().getIncarnation()).isEqualTo(2);
    }

    @Test
    void reportsAnExitDuringTheGapOnce() {
        running(1);
        host.kill();
        host.engine.end(name(1, "app"), 7, false);

        host.start();
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(A_WHILE);

        TaskReport inventory = controlPlane.hellos().getLast().getInventory(0);
        List<TaskReport> later = controlPlane.reportsOf(id(1)).stream()
                .filter(r -> r.getStatus().equals("STOPPED"))
                .toList();
        assertThat(inventory.getStatus()).isEqualTo("STOPPED");
        assertThat(inventory.getContainers(0).getExitCode()).isEqualTo(7);
        assertThat(later).hasSize(1);
        assertThat(later.getFirst()).isEqualTo(inventory);
    }

    @Test
    void goesOnAfterAKillAtAnyMoment() {
        for (int millis = 0; millis < 24; millis++) {
            AgentFixture other = new AgentFixture().start();
            other.controlPlane.snapshot(Tasks.web(1).build());
            other.run(Duration.ofNanos(millis * 500_000L));
            other.kill();

            other.start();
            other.controlPlane.snapshot(Tasks.web(1).build());
            other.run(SOON);

            assertThat(other.engine.running())
                    .as("killed after %d half ms", millis)
                    .hasSize(1);
            assertThat(other.engine.starts().values()).containsOnly(1);
            assertThat(other.engine.violations()).isEmpty();
            assertThat(other.lastKnown(id(1))).isEqualTo("RUNNING");
        }
    }

    @Test
    void observationsGrowAcrossRestarts() {
        running(1);
        long before = controlPlane.lastOf(id(1)).getObservation();

        host.kill();
        host.engine.end(name(1, "app"), 0, false);
        host.start();
        host.run(SOON);

        assertThat(controlPlane.hellos().getLast().getInventory(0).getObservation())
                .isGreaterThan(before);
    }

    @Test
    void takesUpContainersThatTheLedgerDoesNotKnow() {
        running(1);
        host.kill();
        String instance = controlPlane.hellos().getFirst().getInstanceId();
        host.ledger = LedgerOf.instance(instance);

        host.start();

        TaskReport found = controlPlane.hellos().getLast().getInventory(0);
        assertThat(found.getTaskId()).isEqualTo(id(1));
        assertThat(found.getStatus()).isEqualTo("RUNNING");
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(A_WHILE);
        assertThat(host.engine.calls(EngineCall.START)).isEqualTo(1);
        assertThat(host.engine.running()).hasSize(1);
    }

    @Test
    void aReadyHostFailsItsTasksAfterABootAndDoesNotRestartThem() {
        running(1);
        host.kill();
        host.engine.reboot();
        host.bootId = "boot-2";

        host.start();
        controlPlane.snapshot(Tasks.web(1).build());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStoppedReason()).isEqualTo("The host was rebooted while it held the task");
        assertThat(host.engine.calls(EngineCall.START)).isEqualTo(1);
    }

    // The engine.

    @Test
    void anEngineThatDoesNotAnswerInventsNothing() {
        running(1);

        host.engine.crash();
        host.run(A_WHILE);
        assertThat(host.status().tasks().getFirst().status().name()).isEqualTo("RUNNING");
        assertThat(lastBeatIsHealthy()).isFalse();

        host.engine.recover(true);
        host.run(Duration.ofSeconds(30));
        assertThat(lastBeatIsHealthy()).isTrue();
        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void whatEndedWithTheEngineIsReportedWhenItIsBack() {
        running(1);

        host.engine.crash();
        host.run(A_WHILE);
        host.engine.recover(false);
        host.run(Duration.ofSeconds(30));

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("STOPPED");
        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getExitCode()).isEqualTo(137);
    }

    @Test
    void anAssignmentDuringAnOutageRunsAfterIt() {
        host.start();
        host.engine.crash();

        controlPlane.snapshot(Tasks.web(1).build());
        host.run(A_WHILE);
        host.engine.recover(true);
        host.run(Duration.ofSeconds(5));

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 45, 600})
    void howeverLongTheEngineWasAwayTheTruthIsBackFiveSecondsAfterIt(int seconds) {
        running(1);
        host.engine.crash();
        controlPlane.delta(List.of(Tasks.web(2).build()), List.of());
        host.run(Duration.ofSeconds(seconds));

        host.engine.answerAgain(false);
        host.run(Duration.ofSeconds(5));

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("STOPPED");
        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void findsWhatItsEventsDidNotTell() {
        running(1);

        host.engine.loseEvents();
        host.engine.end(name(1, "app"), 1, false);
        host.run(Duration.ofMinutes(6));

        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("STOPPED");
    }

    @Test
    void aContainerThatSomebodyElseRemovedHasVanished() throws Exception {
        running(1);

        try (FakeContainerRuntime somebody = new FakeContainerRuntime(
                host.engine, controlPlane.hellos().getFirst().getInstanceId())) {
            String id = host.engine.containers().getFirst().id();
            host.engine.loseEvents();
            somebody.stop(id, Duration.ZERO);
            somebody.remove(id);
        }
        host.run(Duration.ofMinutes(6));

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getContainers(0).getReason()).startsWith("ContainerVanishedError");
    }

    @Test
    void aHostWhoseLedgerCannotBeWrittenStartsNothingNewAndSaysThatItIsUnfit() {
        FullDisk disk = new FullDisk();
        host.ledger = disk;
        running(1);

        disk.full = true;
        controlPlane.delta(List.of(Tasks.web(2).build()), List.of());
        host.run(Duration.ofSeconds(5));
        assertThat(host.engine.running()).hasSize(1);
        assertThat(lastBeatIsHealthy()).isFalse();

        disk.full = false;
        host.run(Duration.ofSeconds(5));
        assertThat(host.engine.running()).hasSize(2);
        assertThat(lastBeatIsHealthy()).isTrue();
    }

    @Test
    void waitsForAnEngineThatIsNotThereAtTheStart() {
        host.engine.crash();
        host.start();
        host.run(A_WHILE);
        assertThat(controlPlane.hellos()).isEmpty();

        host.engine.recover(true);
        host.run(Duration.ofSeconds(5));

        assertThat(controlPlane.hellos()).hasSize(1);
    }

    private boolean lastBeatIsHealthy() {
        return controlPlane.received.stream()
                .filter(AgentMessage::hasBeat)
                .reduce((first, second) -> second)
                .orElseThrow()
                .getBeat()
                .getEngineHealthy();
    }

    private void running(int number) {
        host.start();
        controlPlane.snapshot(Tasks.web(number).build());
        host.run(SOON);
        assertThat(host.engine.containers()).extracting(ContainerView::state).contains(State.RUNNING);
    }
}
