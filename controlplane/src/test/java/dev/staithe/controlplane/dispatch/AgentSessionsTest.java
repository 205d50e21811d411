package dev.staithe.controlplane.dispatch;

import static dev.staithe.controlplane.fixture.FakeAgent.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.fixture.ManualEnvironment.ManualLoop;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.ControlMessage.KindCase;
import dev.staithe.proto.agent.v1.Delta;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.proto.agent.v1.LogsAsk;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.proto.agent.v1.Resync;
import dev.staithe.proto.agent.v1.Snapshot;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.runtime.AssignmentDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentSessionsTest {
    /** Where {@link World#task} places. */
    private static final String HOST = "1".repeat(32);

    private static final String TASK = "a".repeat(32);
    private static final String OTHER = "b".repeat(32);
    private static final Leadership TERM = new Leadership(7);

    private final World world = World.withDefaultCluster();
    private final Service service = world.created("web", 1);
    private final ManualLoop loop = world.manual.loop("control");
    private final Heard facts = new Heard();
    private Optional<LeaderRecord> leader = Optional.empty();
    private final AgentSessions sessions = new AgentSessions(
            loop, Duration.ofSeconds(2), world::state, () -> leader, facts, (instance, question, answer) -> {});
    private final FakeAgent agent = new FakeAgent(HOST, sessions);

    AgentSessionsTest() throws IntentException {}

    @Test
    void turnsAgentsAwayToTheLeader() {
        leader = Optional.of(LeaderRecord.newBuilder().setAddress("cp2:7070").build());

        agent.says(agent.hello(1));
        world.manual.run();

        Refused refused = agent.last(KindCase.REFUSED).getRefused();
        assertThat(refused.getReason()).isEqualTo("NOT_LEADER");
        assertThat(refused.getLeaderAddress()).isEqualTo("cp2:7070");
        assertThat(agent.closed).isPositive();
        assertThat(facts.story).isEmpty();
    }

    @Test
    void saysSoWhenNobodyLeads() {
        agent.says(agent.hello(1));
        world.manual.run();

        assertThat(agent.last(KindCase.REFUSED).getRefused().getDetail()).contains("no leader is known");
    }

    @Test
    void refusesAnAgentThatObeyedALaterLeader() {
        lead();

        agent.says(agent.hello(1).setHighestEpoch(8));
        world.manual.run();

        assertThat(agent.last(KindCase.REFUSED).getRefused().getReason()).isEqualTo("NOT_LEADER");
    }

    @Test
    void refusesWithTheReasonInTheUsersWords() {
        lead();
        world.put(instance(1));

        assertThat(refusal(agent.hello(1).setMinProtocol(2).setMaxProtocol(3))).startsWith("PROTOCOL protocol 2-3");
        assertThat(refusal(agent.hello(1).setInstanceId("../etc"))).startsWith("INVALID instanceId: ../etc (expected:");
        assertThat(refusal(agent.hello(1).setCluster("nowhere"))).contains("staithe cluster create nowhere");
        assertThat(refusal(agent.hello(1).setCluster("a b"))).startsWith("INVALID cluster: a b (expected:");
        Hello.Builder large = agent.hello(1);
        large.getFactsBuilder().putAttributes("a", "x".repeat(100_000));
        assertThat(refusal(large)).startsWith("INVALID facts: 1000");
        assertThat(facts.story).isEmpty();
    }

    @Test
    void anInstanceStaysInTheClusterItIsRegisteredIn() throws IntentException {
        lead();
        world.put(instance(1));
        world.clusters.create(
                CreateClusterRequest.newBuilder().setClusterName("other").build());

        assertThat(refusal(agent.hello(1).setCluster("other")))
                .contains("cluster: other (expected: default, which this instance is registered in");
    }

    @Test
    void welcomesOnlyOnceTheRegistrationIsStored() {
        lead();
        world.put(instance(1));

        agent.says(agent.hello(2));
        world.manual.run();
        refresh();
        assertThat(agent.received).isEmpty();
        assertThat(facts.story).containsExactly("registered 1", "reported 0 []");

        world.put(instance(2));
        refresh();

        assertThat(agent.kinds()).containsExactly(KindCase.WELCOME, KindCase.SNAPSHOT);
        assertThat(agent.last(KindCase.WELCOME).getWelcome().getEpoch()).isEqualTo(7);
        assertThat(agent.last(KindCase.WELCOME).getWelcome().getHeartbeatIntervalMs())
                .isEqualTo(2000);
    }

    @Test
    void asksNothingOfAHostThatIsNotWelcomedYet() {
        lead();
        world.put(World.task(service, TASK, TaskStatus.PENDING));
        agent.says(agent.hello(1));
        agent.beats();
        agent.says(AgentMessage.newBuilder().setResync(Resync.getDefaultInstance()));
        world.manual.run();
        refresh();

        assertThat(agent.received).isEmpty();
    }

    @Test
    void theSnapshotIsCompleteAndDeltasBuildOnIt() {
        world.put(World.task(service, TASK, TaskStatus.RUNNING));
        connected(agent, 1);
        Snapshot snapshot = agent.last(KindCase.SNAPSHOT).getSnapshot();
        assertThat(snapshot.getEpoch()).isEqualTo(7);
        assertThat(snapshot.getTasksList()).singleElement().satisfies(t -> {
            assertThat(t.getTaskId()).isEqualTo(TASK);
            assertThat(t.getDesiredStatus()).isEqualTo("RUNNING");
            assertThat(t.getTaskDefinition().getContainerDefinitionsCount()).isEqualTo(1);
        });

        world.put(World.task(service, OTHER, TaskStatus.PENDING));
        refresh();
        Delta first = agent.last(KindCase.DELTA).getDelta();
        world.put(World.task(service, TASK, TaskStatus.STOPPED));
        refresh();
        Delta second = agent.last(KindCase.DELTA).getDelta();

        assertThat(first.getBaseSequence()).isEqualTo(snapshot.getSequence());
        assertThat(first.getUpsertsList()).extracting(t -> t.getTaskId()).containsExactly(OTHER);
        assertThat(second.getBaseSequence()).isEqualTo(first.getSequence());
        assertThat(second.getUpsertsList()).isEmpty();
        assertThat(second.getConfirmedGoneList()).containsExactly(TASK);
        refresh();
        assertThat(agent.count(KindCase.DELTA)).isEqualTo(2);
    }

    @Test
    void whileTheWireIsBusyNothingQueuesUp() {
        connected(agent, 1);
        agent.ready = false;
        world.put(World.task(service, TASK, TaskStatus.PENDING));
        refresh();
        world.put(World.task(service, OTHER, TaskStatus.PENDING));
        refresh();
        assertThat(agent.count(KindCase.DELTA)).isZero();

        agent.becomesReady();
        world.manual.run();

        assertThat(agent.last(KindCase.DELTA).getDelta().getUpsertsList())
                .extracting(t -> t.getTaskId())
                .containsExactly(TASK, OTHER);
        assertThat(agent.count(KindCase.DELTA)).isEqualTo(1);
    }

    @Test
    void inputOfCommandsGoesInTurnsAndAfterWhatTheHostIsToHold() {
        connected(agent, 1);
        AgentSessions.Asking first = ask();
        AgentSessions.Asking second = ask();
        agent.ready = false;
        for (int i = 0; i < 3; i++) {
            first.more(input(20_000));
        }
        second.more(input(10));
        first.more(ExecInput.newBuilder().setOutputTaken(5).setStdinClosed(true).build());
        first.more(ExecInput.newBuilder().setOutputTaken(9).build());
        world.put(World.task(service, TASK, TaskStatus.PENDING));
        refresh();
        int before = agent.received.size();

        agent.ready = true;
        first.more(ExecInput.newBuilder().setOutputTaken(10).build());
        assertThat(agent.received).as("the host's tasks come first").hasSize(before);
        agent.becomesReady();
        world.manual.run();

        assertThat(agent.received.get(before).hasDelta()).isTrue();
        assertThat(agent.received.subList(before + 1, agent.received.size()))
                .extracting(
                        m -> m.getAsk().getId(),
                        m -> m.getAsk().getExecInput().getStdin().size(),
                        m -> m.getAsk().getExecInput().getStdinClosed())
                .containsExactly(
                        tuple(1L, 20_000, false),
                        tuple(2L, 10, false),
                        tuple(1L, 20_000, false),
                        tuple(1L, 20_000, true));
        assertThat(agent.received.get(before + 1).getAsk().getExecInput().getOutputTaken())
                .isEqualTo(10);
    }

    private AgentSessions.Asking ask() {
        List<AgentSessions.Asking> asking = new ArrayList<>();
        Ask order = Ask.newBuilder().setExec(ExecAsk.getDefaultInstance()).build();
        onLoop(() -> asking.add(sessions.ask(agent.instanceId, order, part -> {})));
        return asking.getFirst();
    }

    private static ExecInput input(int bytes) {
        return ExecInput.newBuilder()
                .setStdin(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    @Test
    void aSnapshotWaitsForTheWireToo() {
        connected(agent, 1);
        agent.ready = false;

        for (int i = 0; i < 3; i++) {
            agent.says(AgentMessage.newBuilder().setResync(Resync.getDefaultInstance()));
        }
        world.manual.run();
        assertThat(agent.count(KindCase.SNAPSHOT)).isEqualTo(1);
        agent.becomesReady();
        world.manual.run();

        assertThat(agent.count(KindCase.SNAPSHOT)).isEqualTo(2);
    }

    @Test
    void anAgentThatHoldsSomethingElseIsToldEverythingAgain() {
        world.put(World.task(service, TASK, TaskStatus.RUNNING));
        connected(agent, 1);
        long sequence = agent.last(KindCase.SNAPSHOT).getSnapshot().getSequence();
        TreeMap<String, String> held = new TreeMap<>();
        held.put(TASK, "RUNNING");

        agent.says(Beat.newBuilder().setSequence(sequence).setDigest(AssignmentDigest.of(held)));
        world.manual.run();
        assertThat(agent.count(KindCase.SNAPSHOT)).isEqualTo(1);
        assertThat(agent.last(KindCase.BEAT).getBeat().getDigest()).isEqualTo(AssignmentDigest.of(held));
        agent.says(Beat.newBuilder().setSequence(sequence - 1).setDigest(0));
        world.manual.run();
        assertThat(agent.count(KindCase.SNAPSHOT)).isEqualTo(1);
        agent.says(Beat.newBuilder().setSequence(sequence).setDigest(0));
        world.manual.run();

        assertThat(agent.count(KindCase.SNAPSHOT)).isEqualTo(2);
        assertThat(agent.last(KindCase.SNAPSHOT).getSnapshot().getSequence()).isGreaterThan(sequence);
    }

    @Test
    void confirmsOfTheInventoryOnlyWhatTheStoreKnowsToBeOver() {
        world.put(World.task(service, TASK, TaskStatus.RUNNING));
        lead();
        world.put(instance(1));

        agent.says(agent.hello(1).addInventory(report(TASK, 3, "RUNNING")).addInventory(report(OTHER, 3, "RUNNING")));
        world.manual.run();
        refresh();

        assertThat(agent.last(KindCase.SNAPSHOT).getSnapshot().getConfirmedGoneList())
                .containsExactly(OTHER);
        assertThat(facts.story).contains("reported 0 [" + TASK + ", " + OTHER + "]");
    }

    @Test
    void aTaskThatIsReportedAndUnknownIsConfirmedGoneOnce() {
        connected(agent, 1);

        onLoop(() -> sessions.unknown(HOST, OTHER));
        refresh();
        refresh();

        assertThat(agent.last(KindCase.DELTA).getDelta().getConfirmedGoneList()).containsExactly(OTHER);
        assertThat(agent.count(KindCase.DELTA)).isEqualTo(1);
    }

    @Test
    void acknowledgesToTheSessionThatReportedAndToNoOther() {
        connected(agent, 1);
        agent.reports(5, report(TASK, 1, "RUNNING"));
        world.manual.run();
        Receipt receipt = facts.receipts.getLast();
        assertThat(agent.count(KindCase.REPORT_ACK)).isZero();

        onLoop(() -> sessions.acknowledge(HOST, receipt));
        assertThat(agent.last(KindCase.REPORT_ACK).getReportAck().getNumber()).isEqualTo(5);
        FakeAgent again = new FakeAgent(HOST, sessions);
        connected(again, 2);
        onLoop(() -> sessions.acknowledge(HOST, receipt));
        onLoop(() -> sessions.acknowledge(HOST, new Receipt(receipt.session() + 1, 0)));

        assertThat(again.count(KindCase.REPORT_ACK)).isZero();
    }

    @Test
    void theNewerProcessTakesTheSessionOver() {
        connected(agent, 1);
        FakeAgent newer = new FakeAgent(HOST, sessions);

        connected(newer, 2);
        agent.hangsUp();
        world.manual.run();

        assertThat(agent.closed).isPositive();
        assertThat(onLoopAnswer(() -> sessions.connected(HOST))).isTrue();
        assertThat(facts.story).doesNotContain("silent");
    }

    @Test
    void theOlderOfTwoIsToldThatItsIdentityIsCloned() {
        connected(agent, 2);
        FakeAgent clone = new FakeAgent(HOST, sessions);

        clone.says(clone.hello(1));
        world.manual.run();

        assertThat(clone.last(KindCase.REFUSED).getRefused().getReason()).isEqualTo("CLONED_IDENTITY");
        assertThat(agent.closed).isZero();
    }

    @Test
    void anEndedWireIsDeafWhateverItStillSays() {
        lead();
        agent.says(agent.hello(1).setCluster("nowhere"));
        agent.says(agent.hello(1));
        world.manual.run();

        assertThat(facts.story).isEmpty();
        assertThat(onLoopAnswer(() -> sessions.connected(HOST))).isFalse();
    }

    @Test
    void hangingUpTwiceIsSilenceOnce() {
        connected(agent, 1);

        agent.hangsUp();
        agent.hangsUp();
        world.manual.run();

        assertThat(facts.story.stream().filter("silent"::equals)).hasSize(1);
        assertThat(agent.closed).isPositive();
    }

    @Test
    void aWireThatNeverSaidHelloIsClosedToo() {
        agent.hangsUp();
        world.manual.run();

        assertThat(agent.closed).isPositive();
        assertThat(facts.story).isEmpty();
    }

    @Test
    void carriesQuestionsAndAnswers() {
        connected(agent, 1);
        Told told = new Told();
        onLoop(() -> sessions.ask(HOST, logs(), told));
        long id = agent.last(KindCase.ASK).getAsk().getId();

        answer(id, "one", false);
        answer(id + 1, "nobody asked", true);
        answer(id, "two", true);
        answer(id, "late", true);

        assertThat(told.story).containsExactly("one", "two", "end ");
    }

    @Test
    void aQuestionThatNobodyWaitsForIsTakenBackOnce() {
        connected(agent, 1);
        Told told = new Told();
        List<AgentSessions.Asking> asking = new ArrayList<>();
        onLoop(() -> asking.add(sessions.ask(HOST, logs(), told)));

        onLoop(() -> asking.getFirst().cancel());
        onLoop(() -> asking.getFirst().cancel());

        assertThat(agent.count(KindCase.ASK)).isEqualTo(2);
        assertThat(agent.last(KindCase.ASK).getAsk().getCancel()).isTrue();
        answer(1, "late", true);
        assertThat(told.story).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aQuestionEndsWithTheSession(boolean hangsUp) {
        connected(agent, 1);
        Told told = new Told();
        onLoop(() -> sessions.ask(HOST, logs(), told));

        if (hangsUp) {
            agent.hangsUp();
            world.manual.run();
        } else {
            onLoop(() -> sessions.stop("demoted"));
        }

        assertThat(told.story).containsExactly("end the agent of " + HOST + " is not connected any more");
    }

    @Test
    void whoIsNotConnectedCannotBeAsked() {
        Told told = new Told();

        onLoop(() -> sessions.ask(HOST, logs(), told));

        assertThat(told.story).containsExactly("end the agent of " + HOST + " is not connected");
    }

    @Test
    void aFormerLeaderTurnsAllAwayAndFallsSilent() {
        connected(agent, 1);
        leader = Optional.of(LeaderRecord.newBuilder().setAddress("cp2:7070").build());

        onLoop(() -> sessions.stop("demoted"));
        world.put(World.task(service, TASK, TaskStatus.PENDING));
        refresh();
        agent.beats();
        world.manual.run();

        ControlMessage last = agent.received.getLast();
        assertThat(last.getRefused().getLeaderAddress()).isEqualTo("cp2:7070");
        assertThat(agent.closed).isPositive();
        assertThat(sessions.running()).isFalse();
        assertThat(facts.story).doesNotContain("heard true");
    }

    private void lead() {
        onLoop(() -> sessions.start(TERM, () -> {}));
    }

    private void connected(FakeAgent who, long incarnation) {
        lead();
        world.put(instance(incarnation));
        who.says(who.hello(incarnation));
        world.manual.run();
        refresh();
    }

    private String refusal(Hello.Builder hello) {
        FakeAgent other = new FakeAgent(HOST, sessions);
        other.says(hello);
        world.manual.run();
        Refused refused = other.last(KindCase.REFUSED).getRefused();
        assertThat(other.closed).isPositive();
        return refused.getReason() + " " + refused.getDetail();
    }

    private void answer(long id, String line, boolean end) {
        agent.says(AgentMessage.newBuilder()
                .setAnswer(Answer.newBuilder()
                        .setId(id)
                        .addLogs(LogChunk.newBuilder().setMessage(line))
                        .setEnd(end)));
        world.manual.run();
    }

    private void refresh() {
        onLoop(() -> sessions.refresh(HOST));
    }

    private void onLoop(Runnable work) {
        loop.execute(work);
        world.manual.run();
    }

    private boolean onLoopAnswer(BooleanSupplier question) {
        List<Boolean> answer = new ArrayList<>();
        onLoop(() -> answer.add(question.getAsBoolean()));
        return answer.getFirst();
    }

    private static ContainerInstance instance(long incarnation) {
        ContainerInstance i = World.instance(HOST, "default", "host-1");
        return new ContainerInstance(
                i.id(),
                i.cluster(),
                i.hostName(),
                i.address(),
                i.cpu(),
                i.memory(),
                i.reservedTcpPorts(),
                i.reservedUdpPorts(),
                i.registeredAttributes(),
                i.agentVersion(),
                i.dockerVersion(),
                incarnation,
                i.bootId(),
                i.registeredAtMillis(),
                true,
                true,
                i.version(),
                List.of(),
                HostWish.NONE);
    }

    private static final class Heard implements AgentSessions.Facts {
        private final List<String> story = new ArrayList<>();
        private final List<Receipt> receipts = new ArrayList<>();

        @Override
        public void registered(Hello hello) {
            story.add("registered " + hello.getInstanceId().charAt(0));
        }

        @Override
        public void reported(String instanceId, Receipt receipt, List<TaskReport> tasks) {
            receipts.add(receipt);
            story.add("reported " + receipt.number() + " "
                    + tasks.stream().map(TaskReport::getTaskId).toList());
        }

        @Override
        public void heard(String instanceId, boolean engineHealthy) {
            story.add("heard " + engineHealthy);
        }

        @Override
        public void silent(String instanceId) {
            story.add("silent");
        }
    }

    private static final class Told implements Answers {
        private final List<String> story = new ArrayList<>();

        @Override
        public void answered(Answer part) {
            part.getLogsList().forEach(l -> story.add(l.getMessage()));
            if (part.getEnd()) {
                story.add("end " + part.getError());
            }
        }
    }

    private static Ask logs() {
        return Ask.newBuilder().setLogs(LogsAsk.newBuilder().setTaskId(TASK)).build();
    }
}
