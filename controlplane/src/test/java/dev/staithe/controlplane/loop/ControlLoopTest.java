package dev.staithe.controlplane.loop;

import static dev.staithe.controlplane.intent.FaultyStore.APPLIED_UNSEEN;
import static dev.staithe.controlplane.intent.FaultyStore.FULL;
import static dev.staithe.controlplane.intent.FaultyStore.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.FaultyStore;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.agent.v1.ControlMessage.KindCase;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlLoopTest {
    private static final FaultyStore.Fault CONFLICT = (txn, store) -> {
        store.commit(new Txn(List.of(), List.of(new Mutation.Put(Keys.SEQUENCE, ByteString.EMPTY))));
        return store.commit(txn);
    };

    private final LoopWorld here = new LoopWorld();
    private final World world = here.world;

    ControlLoopTest() throws IntentException {}

    @Test
    void aServiceIsPlacedReportedAndSteady() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');

        Service service = world.created("web", 2);
        here.run();
        assertThat(agent.assigned()).hasSize(2);
        here.reports(agent, 1, "RUNNING");
        assertThat(agent.last(KindCase.REPORT_ACK).getReportAck().getNumber()).isEqualTo(1);
        here.pass(Duration.ofSeconds(4));

        assertThat(here.live(service)).extracting(Task::status).containsOnly(TaskStatus.RUNNING);
        assertThat(here.state().deployments(service.uid()))
                .extracting(Deployment::rollout)
                .containsExactly(Deployment.Rollout.COMPLETED);
        assertThat(here.state().events(service.uid()))
                .extracting(ServiceEvent::message)
                .last()
                .asString()
                .endsWith("has reached a steady state.");
        assertThat(here.control.idle()).isTrue();
    }

    @Test
    void commandsAreAllowedInTasksThatStartAfterTheyWereEnabled() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 1);
        here.run();
        world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setDesiredCount(2)
                        .setEnableExecuteCommand(true)
                        .build(),
                here.state());
        here.run();

        assertThat(here.live(service))
                .extracting(task -> task.marks().executeCommand())
                .containsExactlyInAnyOrder(false, true);
        assertThat(agent.last(KindCase.DELTA).getDelta().getUpserts(0).getExecuteCommand())
                .isTrue();
    }

    @Test
    void goesBackFromWhatTheCircuitBreakerGaveUpAsSoonAsTheStoreLetsIt() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 1);
        here.run();
        here.reports(agent, 1, "RUNNING");
        here.pass(Duration.ofSeconds(4));
        world.definitions.register(World.definition("web"));
        world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setTaskDefinition("web:2")
                        .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                                .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                                        .setEnable(true)
                                        .setRollback(true)))
                        .build(),
                here.state());
        here.run();

        world.store.unreadable(true);
        for (int i = 2; i < 6; i++) {
            int number = i;
            agent.reports(
                    number,
                    here.replica.current().tasksOfService(service.uid()).stream()
                            .filter(t -> t.live() && t.generation() == 2)
                            .map(t -> FakeAgent.report(t.id(), number, "STOPPED").toBuilder()
                                    .setStopCode("TaskFailedToStart")
                                    .build())
                            .toArray(TaskReport[]::new));
            here.pass(Duration.ofSeconds(20));
        }
        ClusterState before = here.replica.current();
        world.store.unreadable(false);
        here.pass(Duration.ofSeconds(5));

        assertThat(before.deployment(service.uid(), 2).orElseThrow().rollout()).isEqualTo(Deployment.Rollout.FAILED);
        assertThat(before.serviceByUid(service.uid()).orElseThrow().generation())
                .isEqualTo(2);
        Service after = here.state().serviceByUid(service.uid()).orElseThrow();
        assertThat(after.generation()).isEqualTo(3);
        assertThat(after.taskDefinition().revision()).isEqualTo(1);
        assertThat(after.origin().kind()).isEqualTo(Origin.Kind.CIRCUIT_BREAKER);
    }

    @Test
    void takesOverWhatItFinds() throws IntentException {
        Service service = world.created("web", 2);
        here.run();
        assertThat(here.live(service)).isEmpty();

        here.lead();
        FakeAgent agent = here.agent('1');

        assertThat(here.live(service)).hasSize(2);
        assertThat(agent.assigned()).hasSize(2);
    }

    static List<FaultyStore.Fault> doubts() {
        return List.of(APPLIED_UNSEEN, LOST, CONFLICT);
    }

    @ParameterizedTest
    @MethodSource("doubts")
    void anOutcomeInDoubtIsPlannedAgainAndDoesNothingTwice(FaultyStore.Fault doubt) throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 3);
        Inputs.Command.Run run = here.runTask(service, "seed", 2);
        world.store.next(doubt, doubt);

        here.onLoop(() -> here.control.submit(run));
        here.pass(Duration.ofSeconds(5));

        assertThat(here.state().tasks()).hasSize(5);
        assertThat(here.live(service)).hasSize(3);
        assertThat(run.answer().join().value().tasks()).hasSize(2);
        assertThat(agent.assigned()).hasSize(5);
    }

    @Test
    void theBarrierIsWrittenInSpiteOfDoubts() {
        Leadership term = here.takeKey();
        world.store.next(LOST, APPLIED_UNSEEN, FULL);

        here.onLoop(() -> here.roles.start(term));
        here.pass(Duration.ofSeconds(10));

        assertThat(here.roles.running()).containsExactlyElementsOf(here.roles.names());
    }

    @Test
    void nothingIsDecidedBeforeTheBarrier() throws IntentException {
        Service service = world.created("web", 1);
        world.store.unreadable(true);
        here.lead();
        FakeAgent early = here.agent('1');
        here.pass(Duration.ofSeconds(5));
        assertThat(early.kinds()).containsExactly(KindCase.REFUSED);
        assertThat(here.roles.running()).containsExactly("inputs", "transactions");

        world.store.unreadable(false);
        here.pass(Duration.ofSeconds(10));
        here.agent('1');

        assertThat(here.live(service)).hasSize(1);
    }

    @Test
    void whenOnlyAPartIsWrittenNoTaskIsGivenOutTwice() throws IntentException {
        here.lead();
        here.agent('1');
        here.agent('2');
        Service service = world.created("web", 150);
        Map<String, String> first = new TreeMap<>();
        world.store.next((txn, store) -> store.commit(txn), (txn, store) -> {
            here.state().tasks().forEach(t -> first.put(t.id(), t.instanceId()));
            return new CommitResult.Unknown("timed out");
        });

        here.pass(Duration.ofSeconds(2));

        assertThat(first).hasSizeGreaterThan(50);
        Map<String, String> now = here.live(service).stream()
                .collect(Collectors.toMap(Task::id, Task::instanceId, (a, b) -> a, TreeMap::new));
        assertThat(now).hasSize(150).containsAllEntriesOf(first);
    }

    @Test
    void aDeploymentWhoseRecordWasLostGivesNoOrdinalOutTwice() throws IntentException {
        here.lead();
        here.agent('1');
        Service service = world.created("web", 2);
        here.run();
        Map<String, Long> first = here.live(service).stream()
                .collect(Collectors.toMap(Task::id, t -> here.state().revisionOf(t)));
        world.store.commit(new Txn(
                List.of(),
                List.of(new Mutation.Put(
                        Keys.deployment("default", service.uid(), 1), ByteString.copyFromUtf8("garbage")))));
        world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setDesiredCount(4)
                        .build(),
                here.state());

        here.run();

        assertThat(here.live(service)).hasSize(4).extracting(Task::id).containsAll(first.keySet());
        assertThat(first)
                .allSatisfy((id, revision) -> assertThat(here.state().revisionOf(Keys.task("default", id)))
                        .as("nobody wrote over " + id)
                        .isEqualTo(revision));
    }

    @Test
    void reportsAreAcknowledgedAndHostsWelcomedOnlyAfterTheCommit() throws IntentException {
        here.lead();
        world.created("web", 1);
        List<Long> before = new ArrayList<>();
        FakeAgent agent = new FakeAgent("1".repeat(32), here.sessions);
        FaultyStore.Fault watched = (txn, store) -> {
            before.add(agent.count(KindCase.WELCOME) + 10 * agent.count(KindCase.REPORT_ACK));
            return new CommitResult.Unknown("timed out");
        };
        here.run();
        world.store.next(watched);
        agent.says(agent.hello(1));
        here.pass(Duration.ofSeconds(1));
        assertThat(before).containsExactly(0L);
        assertThat(agent.count(KindCase.WELCOME)).isEqualTo(1);

        before.clear();
        world.store.next(watched);
        agent.reports(1, FakeAgent.report(agent.assigned().getFirst(), 1, "RUNNING"));
        agent.reports(2, FakeAgent.report(agent.assigned().getFirst(), 2, "RUNNING"));
        here.pass(Duration.ofSeconds(1));

        assertThat(before).containsExactly(1L);
        assertThat(agent.last(KindCase.REPORT_ACK).getReportAck().getNumber()).isEqualTo(2);
        assertThat(agent.count(KindCase.REPORT_ACK)).isEqualTo(1);
    }

    @Test
    void aFullStoreRefusesCommandsAndRecoversByItself() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 2);
        here.run();
        Inputs.Command.Run written = here.runTask(service, "one", 1);
        Inputs.Command.Run waiting = here.runTask(service, "two", 1);
        world.store.next(FULL, FULL, FULL);

        here.onLoop(() -> here.control.submit(written));
        assertThat(LoopWorld.refusal(written).reason()).isEqualTo(IntentException.Reason.STORE_FULL);
        here.onLoop(() -> here.control.submit(waiting));
        here.pass(Duration.ofSeconds(1));
        assertThat(LoopWorld.refusal(waiting).reason()).isEqualTo(IntentException.Reason.STORE_FULL);
        here.reports(agent, 1, "RUNNING");
        here.pass(Duration.ofSeconds(10));

        assertThat(here.state().tasks()).hasSize(2).extracting(Task::status).containsOnly(TaskStatus.RUNNING);
        assertThat(agent.last(KindCase.REPORT_ACK).getReportAck().getNumber()).isEqualTo(1);
    }

    @Test
    void aCommandThatNobodyWaitsForIsNotObeyed() throws IntentException {
        here.lead();
        here.agent('1');
        Service service = world.created("web", 0);
        Inputs.Command.Run late = here.runTask(service, "seed", 1);
        late.answer().cancel(false);

        here.onLoop(() -> here.control.submit(late));

        assertThat(here.state().tasks()).isEmpty();
    }

    @Test
    void aFencedLeaderStopsAndAnswersThatNobodyKnows() throws IntentException {
        Leadership term = here.lead();
        here.agent('1');
        Service service = world.created("web", 0);
        here.run();
        Inputs.Command.Run run = here.runTask(service, "seed", 1);

        // Behind the feed's back: only the store knows yet that another leads.
        world.store.next((txn, store) -> {
            store.commit(new Txn(List.of(), List.of(new Mutation.Delete(Keys.LEADER))));
            return store.commit(txn);
        });
        here.onLoop(() -> here.control.submit(run));

        assertThat(here.fenced).containsExactly(term);
        assertThat(LoopWorld.refusal(run).reason()).isEqualTo(IntentException.Reason.STORE_UNAVAILABLE);
        assertThat(here.state().tasks()).isEmpty();
        assertThat(here.roles.running()).isEmpty();
    }

    @Test
    void demotionAnswersCommandsThatWaitAndThatAreBeingWritten() throws IntentException {
        here.lead();
        here.agent('1');
        Service service = world.created("web", 0);
        here.run();
        Inputs.Command.Run writing = here.runTask(service, "one", 1);
        Inputs.Command.Run waiting = here.runTask(service, "two", 1);
        world.store.next((txn, store) -> {
            here.loop.execute(() -> {
                here.control.submit(waiting);
                here.roles.stop("demoted");
            });
            return store.commit(txn);
        });

        here.onLoop(() -> here.control.submit(writing));

        assertThat(LoopWorld.refusal(writing)).hasMessageContaining("look whether it was done");
        assertThat(LoopWorld.refusal(waiting)).hasMessageContaining("look whether it was done");
        assertThat(here.roles.running()).isEmpty();
    }

    @Test
    void aFormerLeaderIsSilentAndItsTimersAreStill() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 1);
        here.run();
        here.demote();
        int told = agent.received.size();
        long revision = here.state().revision();

        agent.reports(1, FakeAgent.report(agent.assigned().getFirst(), 1, "RUNNING"));
        agent.beats();
        world.put(World.instance("2".repeat(32), "default", "another"));
        here.world.manual.advance(Duration.ofHours(8));

        assertThat(agent.last(KindCase.REFUSED).getRefused().getReason()).isEqualTo("NOT_LEADER");
        assertThat(agent.received).hasSize(told);
        assertThat(here.state().revision()).isEqualTo(revision + 1);
        assertThat(here.live(service)).extracting(Task::status).containsOnly(TaskStatus.PENDING);
        assertThat(here.roles.running()).isEmpty();
    }

    @Test
    void leadsAgainAfterwards() throws IntentException {
        here.lead();
        here.demote();
        here.lead();
        FakeAgent agent = here.agent('1');
        world.created("web", 1);
        here.run();

        assertThat(agent.assigned()).hasSize(1);
    }

    @Test
    void replacesTheTasksOfAHostThatFellSilentAndTellsItWhenItReturns() throws IntentException {
        here.lead();
        FakeAgent silent = here.agent('1');
        Service service = world.created("web", 2);
        here.run();
        List<String> lost = silent.assigned();
        silent.hangsUp();
        FakeAgent other = here.agent('2');
        here.pass(Duration.ofSeconds(11));
        assertThat(here.state().instance(silent.instanceId).orElseThrow().agentConnected())
                .isFalse();
        assertThat(other.assigned()).isEmpty();

        here.pass(Duration.ofSeconds(50));
        assertThat(other.assigned()).hasSize(2);
        assertThat(here.live(service)).extracting(Task::instanceId).containsOnly(other.instanceId);
        FakeAgent back = new FakeAgent(silent.instanceId, here.sessions);
        here.agents.add(back);
        back.says(back.hello(1)
                .addInventory(FakeAgent.report(lost.get(0), 9, "RUNNING"))
                .addInventory(FakeAgent.report(lost.get(1), 9, "RUNNING")));
        here.pass(Duration.ofSeconds(1));

        assertThat(back.last(KindCase.SNAPSHOT).getSnapshot().getConfirmedGoneList())
                .containsExactlyInAnyOrderElementsOf(lost);
    }

    @Test
    void anAgentThatReconnectsUnchangedIsWelcomedAgain() throws IntentException {
        here.lead();
        here.agent('1').hangsUp();

        FakeAgent again = here.agent('1');

        assertThat(again.kinds()).startsWith(KindCase.WELCOME, KindCase.SNAPSHOT);
    }

    @Test
    void stopsWhatIsLeftOfAServiceWhoseNameWasGivenAway() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        Service service = world.created("web", 2);
        here.run();
        here.demote();
        Service other = new Service(
                "other",
                service.cluster(),
                service.name(),
                service.taskDefinition(),
                1,
                service.deploymentConfiguration(),
                1,
                1,
                false,
                "",
                0,
                List.of(),
                Scheduling.REPLICA,
                Origin.CREATED,
                0);
        world.store.commit(
                new Txn(List.of(), List.of(new Mutation.Put(Keys.service("default", "web"), Records.bytes(other)))));
        here.lead();
        FakeAgent back = here.agent('1');

        assertThat(here.live(service)).isEmpty();
        assertThat(here.live(other)).hasSize(1);
        assertThat(here.state().events(service.uid())).isEmpty();
        here.reports(back, 1, "STOPPED");
        assertThat(here.state().deployments(service.uid())).isEmpty();
        assertThat(agent.closed).isPositive();
    }

    @Test
    void aStateThatIsLoadedAnewIsPlannedAnew() throws IntentException {
        here.lead();
        FakeAgent agent = here.agent('1');
        world.created("web", 1);
        here.run();

        here.onLoop(() -> here.control.reset(here.state()));
        here.pass(Duration.ofSeconds(5));

        assertThat(agent.assigned()).hasSize(1);
        assertThat(here.roles.running()).hasSize(4);
    }
}
