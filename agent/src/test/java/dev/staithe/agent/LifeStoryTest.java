package dev.staithe.agent;

import static dev.staithe.agent.Tasks.container;
import static dev.staithe.agent.Tasks.id;
import static dev.staithe.agent.Tasks.name;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerDependency;
import dev.staithe.proto.v1.PortMapping;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order in which containers come and go, those that are started again, and tasks that wait for room on the host. */
class LifeStoryTest {
    private static final Duration SOON = Duration.ofSeconds(2);

    /** More than half of the 8192 MiB of the host. */
    private static final int BIG = 5000;

    private final AgentFixture host = new AgentFixture();
    private final FakeControlPlane controlPlane = host.controlPlane;

    @AfterEach
    void noContainerWasTouchedThatMayNotBe() {
        assertThat(host.engine.violations()).isEmpty();
    }

    @Test
    void aDatabaseIsPreparedThenServedFrom() {
        host.engine.offer("shop/migrate:1", FakeImage.running().exiting(Duration.ofSeconds(20), 0));
        host.engine.offer("shop/db:1", FakeImage.running().becoming(Health.HEALTHY, Duration.ofSeconds(10), "ok"));
        host.start();

        controlPlane.snapshot(shop().build());
        host.run(SOON);
        assertThat(running()).containsExactly("db");
        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("PENDING");
        assertThat(reasons()).containsExactly("", "waits for db to become HEALTHY", "waits for migrate to succeed");
        host.run(Duration.ofSeconds(10));
        assertThat(running()).containsExactly("db", "migrate");
        host.run(Duration.ofSeconds(20));

        assertThat(running()).containsExactly("db", "app");
        assertThat(controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
        assertThat(reasons()).containsExactly("", "", "");
    }

    @Test
    void aPreparationThatFailsFailsTheTaskAtOnce() {
        host.engine.offer("shop/migrate:1", FakeImage.running().exiting(Duration.ofSeconds(20), 3));
        host.engine.offer("shop/db:1", FakeImage.running().becoming(Health.HEALTHY, Duration.ofSeconds(10), "ok"));
        host.start();

        controlPlane.snapshot(shop().build());
        host.run(Duration.ofSeconds(40));

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(report.getStoppedReason())
                .isEqualTo("TaskDependencyError: app depends on migrate (SUCCESS): migrate exited with 3");
        assertThat(running()).isEmpty();
    }

    @Test
    void aContainerIsStartedAgainAndTheTaskRunsOn() {
        host.engine.offer(Tasks.IMAGE, FakeImage.running().exiting(Duration.ofSeconds(90), 1));
        host.start();

        controlPlane.snapshot(restarting());
        host.run(Duration.ofSeconds(100));

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("RUNNING");
        assertThat(report.getContainers(0).getLastStatus()).isEqualTo("RUNNING");
        assertThat(report.getContainers(0).getRestartCount()).isEqualTo(1);
        assertThat(running()).containsExactly("app");
        host.run(Duration.ofSeconds(100));
        assertThat(controlPlane.lastOf(id(1)).getContainers(0).getRestartCount())
                .isEqualTo(2);
    }

    /** What ran before the agent died, ended while it was dead, and ran long enough, runs again, counted once. */
    @Test
    void aContainerThatEndsWhileTheAgentIsDeadIsStartedAgain() {
        host.engine.offer(Tasks.IMAGE, FakeImage.running().exiting(Duration.ofSeconds(90), 1));
        host.start();
        controlPlane.snapshot(restarting());
        host.run(SOON);

        host.kill();
        host.run(Duration.ofSeconds(100));
        host.start();
        host.run(SOON);

        assertThat(running()).containsExactly("app");
        assertThat(host.lastKnown(id(1))).isEqualTo("RUNNING");
        assertThat(host.status()
                        .tasks()
                        .getFirst()
                        .containers()
                        .getFirst()
                        .run()
                        .restarts())
                .isEqualTo(1);
    }

    @Test
    void oneThatEndsTooEarlyEndsTheTask() {
        host.engine.offer(Tasks.IMAGE, FakeImage.running().exiting(Duration.ofSeconds(30), 1));
        host.start();

        controlPlane.snapshot(restarting());
        host.run(Duration.ofSeconds(40));

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEqualTo("EssentialContainerExited");
        assertThat(report.getContainers(0).getExitCode()).isEqualTo(1);
    }

    @Test
    void aTaskWaitsForTheMemoryThatAnotherStillHolds() {
        host.start();
        controlPlane.snapshot(big(1).build());
        host.run(SOON);

        controlPlane.snapshot(big(1).build(), big(2).build());
        host.run(SOON);
        assertThat(host.engine.running()).extracting("name").containsExactly(name(1, "app"));
        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("PENDING");
        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getReason())
                .isEqualTo("waits for 5000 MiB of memory that task 000000000001 (RUNNING) still holds");

        controlPlane.snapshot(Tasks.stopped(big(1), "enough"), big(2).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("RUNNING");
        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getReason()).isEmpty();
    }

    @Test
    void whatRunsCountsFirstAfterARestartOfTheAgent() {
        host.start();
        controlPlane.snapshot(big(2).build());
        host.run(SOON);
        controlPlane.snapshot(big(1).build(), big(2).build());
        host.run(SOON);

        host.kill();
        host.start();
        host.run(SOON);

        assertThat(host.engine.running()).extracting("name").containsExactly(name(2, "app"));
        assertThat(host.lastKnown(id(1))).isEqualTo("PENDING");
    }

    @Test
    void aTaskWaitsForAFixedPort() {
        host.start();
        controlPlane.snapshot(port(1).build());
        host.run(SOON);

        controlPlane.snapshot(port(1).build(), port(2).build());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getReason())
                .isEqualTo("waits for port 8080/tcp that task 000000000001 (RUNNING) still holds");
    }

    @Test
    void aTaskThatCanNeverFitFailsWithThatReason() {
        host.start();

        controlPlane.snapshot(
                Tasks.of(1, container("app", Tasks.IMAGE).setMemory(9000)).build());
        host.run(SOON);

        TaskReport report = controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(report.getStoppedReason())
                .isEqualTo(
                        "ResourceInitializationError: memory: 9000 MiB (expected: at most 8192 MiB, all that this host"
                                + " has for tasks)");
        assertThat(host.engine.containers()).isEmpty();
    }

    private List<String> running() {
        return host.engine.running().stream()
                .map(ContainerRequest::container)
                .map(ContainerDefinition::getName)
                .toList();
    }

    private List<String> reasons() {
        return controlPlane.lastOf(id(1)).getContainersList().stream()
                .map(Container::getReason)
                .toList();
    }

    private static AssignedTask.Builder shop() {
        ContainerDefinition.Builder db = container("db", "shop/db:1");
        db.getHealthCheckBuilder().addCommand("CMD-SHELL").addCommand("true");
        return Tasks.of(
                1,
                db,
                container("migrate", "shop/migrate:1").setEssential(false).addDependsOn(on("db", "HEALTHY")),
                container("app", Tasks.IMAGE).addDependsOn(on("migrate", "SUCCESS")));
    }

    private static ContainerDependency on(String container, String condition) {
        return ContainerDependency.newBuilder()
                .setContainerName(container)
                .setCondition(condition)
                .build();
    }

    private static AssignedTask restarting() {
        ContainerDefinition.Builder app = Tasks.app();
        app.getRestartPolicyBuilder().setEnabled(true).setRestartAttemptPeriod(60);
        return Tasks.of(1, app).build();
    }

    private static AssignedTask.Builder big(int number) {
        return Tasks.of(number, container("app", Tasks.IMAGE).setMemory(BIG));
    }

    private static AssignedTask.Builder port(int number) {
        return Tasks.of(
                number,
                Tasks.app()
                        .addPortMappings(PortMapping.newBuilder()
                                .setContainerPort(80)
                                .setHostPort(8080)
                                .setProtocol("tcp")));
    }
}
