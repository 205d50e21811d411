package dev.staithe.agent;

import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of networks that are made ready, from the first task of a service to the last. */
class SandboxStoryTest {
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Duration A_WHILE = Duration.ofMinutes(2);

    private final AgentFixture host = new AgentFixture();
    private final FakeControlPlane controlPlane = host.controlPlane;

    @BeforeEach
    void sandboxesAreOn() {
        host.sandboxes = new Sandboxes(2, 10);
    }

    @AfterEach
    void noContainerWasTouchedThatMayNotBe() {
        assertThat(host.engine.violations()).isEmpty();
    }

    @Test
    void theFirstTaskHasItsOwnNetworkAndThenSomeAreMadeReady() {
        startWith(1);

        assertThat(sandboxOf(1)).isEmpty();
        assertThat(sandboxes()).hasSize(2);
        assertThat(sandboxes()).allMatch(s -> s.state() == State.RUNNING);
        assertThat(host.status().tasks()).hasSize(1);
    }

    @Test
    void theNextTaskJoinsAReadyOneAndReportsItsPort() {
        startWith(1);

        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);

        ContainerView sandbox = find(sandboxOf(2).orElseThrow());
        assertThat(controlPlane
                        .lastOf(id(2))
                        .getContainers(0)
                        .getNetworkBindings(0)
                        .getHostPort())
                .isEqualTo(sandbox.ports().getFirst().hostPort());
        assertThat(sandboxes()).as("one used, two ready").hasSize(3);
    }

    @Test
    void manyTasksNeverShareOne() {
        startWith(1);

        controlPlane.delta(List.of(web(2), web(3), web(4), web(5)), List.of());
        host.run(SOON);

        assertThat(host.engine.running().stream().filter(r -> r.sandbox().isPresent()))
                .as("two were ready")
                .hasSize(2);
        assertThat(host.engine.running()).hasSize(5);
    }

    @Test
    void theSandboxGoesWhenItsTaskIsOverAndTheContainerStays() {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);
        String sandbox = sandboxOf(2).orElseThrow();

        controlPlane.delta(List.of(Tasks.stopped(web(2).toBuilder(), "enough")), List.of());
        host.run(SOON);

        assertThat(sandboxes()).extracting(ContainerView::id).hasSize(2).doesNotContain(sandbox);
        assertThat(host.engine.containers())
                .filteredOn(c -> id(2).equals(c.labels().get(ContainerLabels.TASK)))
                .hasSize(1);
    }

    @Test
    void aPortIsRefusedForAsLongAsTheNetworkThatHasItIsThere() {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);
        String sandbox = sandboxOf(2).orElseThrow();

        controlPlane.delta(List.of(Tasks.stopped(web(2).toBuilder().setConnectionDrainingS(30), "enough")), List.of());
        boolean refused = false;
        boolean there = true;
        for (int i = 0; i < 5000 && there; i++) {
            host.run(Duration.ofMillis(1));
            there = sandboxes().stream().anyMatch(s -> s.id().equals(sandbox));
            boolean now = !host.gate.refused().isEmpty();
            assertThat(refused && there && !now).as("free too early").isFalse();
            refused |= now;
        }

        assertThat(refused).isTrue();
        assertThat(there).isFalse();
        host.run(SOON);
        assertThat(host.gate.refused()).isEmpty();
    }

    @Test
    void aContainerThatNeverStartedAndWhoseNetworkIsGoneKeepsNobodyLooking() {
        startWith(1);
        // The second failure is the cause of a look at the first, whose network is gone by then.
        for (int number : List.of(2, 3)) {
            host.engine.failNext(
                    EngineCall.START,
                    new ContainerFault(ContainerFault.Kind.CannotStartContainerError, "no such device", false),
                    false);
            controlPlane.delta(List.of(web(number)), List.of());
            host.run(SOON);
            assertThat(controlPlane.lastOf(id(number)).getStatus()).isEqualTo("STOPPED");
        }
        int lists = host.engine.calls(EngineCall.LIST);

        host.run(Duration.ofMinutes(1));

        assertThat(host.engine.calls(EngineCall.LIST)).isEqualTo(lists);
    }

    @Test
    void readyOnesGoAWhileAfterTheLastTaskOfTheService() {
        startWith(1);

        controlPlane.delta(List.of(Tasks.stopped(web(1).toBuilder(), "enough")), List.of());
        host.run(SOON);
        assertThat(sandboxes()).hasSize(2);
        host.run(A_WHILE);

        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void aNewAgentTakesUpWhatIsReadyAndKnowsWhoseTheOthersAre() {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);
        List<String> before = sandboxes().stream().map(ContainerView::id).toList();

        host.kill();
        host.start();
        controlPlane.snapshot(web(1), web(2), web(3));
        host.run(SOON);

        assertThat(sandboxOf(3)).get().isIn(before).isNotEqualTo(sandboxOf(2).orElseThrow());
        assertThat(sandboxes()).hasSize(4);
    }

    @Test
    void aNewAgentGivesOutNothingThatACreationUnderWayMayHaveNamed() {
        startWith(1);
        List<String> before = sandboxes().stream().map(ContainerView::id).toList();
        host.engine.failNext(EngineCall.CREATE, timeout(), false);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(Duration.ofMillis(100));

        host.kill();
        host.start();
        controlPlane.snapshot(web(1), web(2));
        host.run(SOON);

        assertThat(sandboxes()).extracting(ContainerView::id).doesNotContainAnyElementsOf(before);
        assertThat(host.engine.running()).hasSize(2);
    }

    @Test
    void aContainerThatWasMadeAlthoughTheCallFailedKeepsItsSandbox() {
        startWith(1);
        host.engine.failNext(EngineCall.CREATE, timeout(), true);

        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);

        assertThat(sandboxOf(2)).isPresent();
        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void aTaskWhoseSandboxSomebodyRemovesIsOver() throws ContainerFault {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);
        ContainerView sandbox = find(sandboxOf(2).orElseThrow());

        new FakeContainerRuntime(
                        host.engine, Objects.requireNonNull(sandbox.labels().get(ContainerLabels.INSTANCE)))
                .removeSandbox(sandbox.id());
        host.run(SOON);

        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("STOPPED");
        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getReason()).startsWith("NetworkLostError: ");
    }

    @Test
    void aReadyOneThatSomebodyRemovesIsMadeAnew() throws ContainerFault {
        startWith(1);
        ContainerView sandbox = sandboxes().getFirst();

        new FakeContainerRuntime(
                        host.engine, Objects.requireNonNull(sandbox.labels().get(ContainerLabels.INSTANCE)))
                .removeSandbox(sandbox.id());
        host.run(SOON);

        assertThat(sandboxes()).hasSize(2).extracting(ContainerView::id).doesNotContain(sandbox.id());
    }

    @Test
    void whatAnEngineThatRestartedEndedHasNoOtherReason() {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);

        host.engine.crash();
        host.run(SOON);
        host.engine.recover(false);
        host.run(A_WHILE);

        assertThat(controlPlane.lastOf(id(2)).getStatus()).isEqualTo("STOPPED");
        assertThat(controlPlane.lastOf(id(2)).getContainers(0).getReason()).isEmpty();
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void whatCannotBeMadeIsTriedAgainLater() {
        host.engine.failNext(EngineCall.MAKE_SANDBOX, timeout(), true);
        host.engine.failNext(EngineCall.MAKE_SANDBOX, timeout(), false);

        startWith(1);
        host.run(A_WHILE);

        assertThat(sandboxes()).hasSize(2).allMatch(s -> s.state() == State.RUNNING);
    }

    @Test
    void whatCannotBeRemovedIsTriedAgain() {
        startWith(1);
        controlPlane.delta(List.of(web(2)), List.of());
        host.run(SOON);
        host.engine.failNext(EngineCall.REMOVE_SANDBOX, timeout(), false);

        controlPlane.delta(List.of(Tasks.stopped(web(2).toBuilder(), "enough")), List.of());
        host.run(A_WHILE);

        assertThat(sandboxes()).hasSize(2);
    }

    @Test
    void noneAreMadeWhereTheOperatorWantsNone() {
        host.sandboxes = new Sandboxes(0, 10);

        startWith(1);

        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void standaloneTasksHaveNone() {
        host.start();

        controlPlane.snapshot(web(1).toBuilder().setGroup("family:web").build());
        host.run(SOON);

        assertThat(sandboxes()).isEmpty();
    }

    private void startWith(int number) {
        host.start();
        controlPlane.snapshot(web(number));
        host.run(SOON);
    }

    private static AssignedTask web(int number) {
        ContainerDefinition.Builder app =
                Tasks.app().addPortMappings(PortMapping.newBuilder().setContainerPort(80));
        return Tasks.of(number, app).build();
    }

    private List<ContainerView> sandboxes() {
        return host.engine.containers().stream()
                .filter(c -> c.labels().containsKey(ContainerLabels.SANDBOX))
                .toList();
    }

    private ContainerView find(String id) {
        return host.engine.containers().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Optional<String> sandboxOf(int number) {
        return host.engine.running().stream()
                .filter(r -> r.taskId().equals(id(number)))
                .findFirst()
                .flatMap(ContainerRequest::sandbox);
    }

    private static ContainerFault timeout() {
        return new ContainerFault(ContainerFault.Kind.DockerTimeoutError, "no answer", true);
    }
}
