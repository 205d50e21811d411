package dev.staithe.controlplane.leader;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.fixture.ManualEnvironment.ManualLoop;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.CommitResult.Committed;
import dev.staithe.controlplane.store.CommitResult.Fenced;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.memory.MemoryStore;
import dev.staithe.proto.store.v1.LeaderRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeaderElectionTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ManualEnvironment world = new ManualEnvironment();
    private final MemoryStore shared = new MemoryStore(world.time(), world.loop("store"));
    private final FaultyStore storeOfA = new FaultyStore(shared);
    private final FaultyStore storeOfB = new FaultyStore(shared);
    private final ManualLoop loopOfA = world.loop("a");
    private final ManualLoop loopOfB = world.loop("b");
    private Replica a;
    private Replica b;

    @BeforeEach
    void makeReplicas() throws Exception {
        a = new Replica("a", storeOfA, world.environment(), loopOfA, LEASE);
        b = new Replica("b", storeOfB, world.environment(), loopOfB, LEASE);
    }

    @Test
    void electsOneOfTwoCandidatesAndTellsBothWhoItIs() throws Exception {
        startBoth();

        assertThat(a.story()).containsExactly("elected", "leader a");
        assertThat(b.story()).containsExactly("leader a");
        LeaderRecord record =
                LeaderRecord.parseFrom(shared.get(Keys.LEADER).orElseThrow().value());
        assertThat(record.getNodeId()).isEqualTo("a");
        assertThat(record.getAddress()).isEqualTo("a.example:7070");
        assertThat(a.lastTerm().epoch())
                .isEqualTo(shared.get(Keys.LEADER).orElseThrow().created());
    }

    @Test
    void leadsOnForAsLongAsItsKeepAlivesAreAnswered() {
        startBoth();
        world.advance(Duration.ofHours(1));

        assertThat(a.isLeading()).isTrue();
        assertThat(a.terms).hasSize(1);
        assertThat(b.terms).isEmpty();
        assertThat(write(a)).isInstanceOf(Committed.class);
    }

    @Test
    void handsOverWithAHigherEpochWhenTheLeadersProcessDies() {
        startBoth();
        loopOfA.close();
        world.advance(LEASE.multipliedBy(2));

        assertThat(b.isLeading()).isTrue();
        assertThat(b.lastTerm().epoch()).isGreaterThan(a.lastTerm().epoch());
        assertThat(b.story()).containsExactly("leader a", "leader nobody", "elected", "leader b");
    }

    @Test
    void fencesALeaderThatWasPausedWhileAnotherWasElected() {
        startBoth();
        loopOfA.pause();
        world.advance(LEASE.multipliedBy(2));
        assertThat(b.isLeading()).isTrue();
        assertThat(a.isLeading()).isTrue();

        assertThat(write(a)).isEqualTo(new Fenced());
        assertThat(write(b)).isInstanceOf(Committed.class);

        loopOfA.resume();
        world.run();
        assertThat(a.isLeading()).isFalse();
        assertThat(b.isLeading()).isTrue();
        assertThat(a.terms).hasSize(1);
    }

    @Test
    void stepsDownAtOnceWhenATransactionIsFenced() {
        startBoth();
        loopOfA.execute(() -> a.election.fenced(new Leadership(a.lastTerm().epoch() - 1)));
        world.run();
        assertThat(a.isLeading()).isTrue();

        loopOfA.execute(() -> a.election.fenced(a.lastTerm()));
        world.run();
        assertThat(a.told).anyMatch(line -> line.startsWith("demoted: a transaction was fenced"));
    }

    @Test
    void stepsDownBeforeItsLeaseCanHaveRunOutWhenTheStoreDoesNotAnswer() throws Exception {
        startBoth();
        world.advance(Duration.ofSeconds(30));
        storeOfA.cut();
        while (a.isLeading()) {
            assertThat(b.isLeading()).isFalse();
            world.advance(Duration.ofMillis(100));
        }

        assertThat(shared.get(Keys.LEADER)).as("the lease is not over yet").isPresent();
        assertThat(a.told).contains("demoted: no keep-alive was answered in time");
        assertThat(b.isLeading())
                .as("b must not lead before the lease has run out")
                .isFalse();
        world.advance(LEASE);
        assertThat(b.isLeading()).isTrue();
    }

    @Test
    void neverHasTwoLeadersAtATimeByTheirOwnClocks() {
        startBoth();
        for (int i = 0; i < 6; i++) {
            FaultyStore store = i % 2 == 0 ? storeOfA : storeOfB;
            store.cut();
            for (int step = 0; step < 200; step++) {
                world.advance(Duration.ofMillis(100));
                assertThat(a.isLeading() && b.isLeading()).isFalse();
            }
            store.mend();
            world.advance(Duration.ofSeconds(5));
        }
        assertThat(a.terms.size() + b.terms.size()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void leadsAgainWithoutHelpAfterTheStoreWasAway() {
        startBoth();
        storeOfA.cut();
        storeOfB.cut();
        world.advance(Duration.ofMinutes(5));
        assertThat(a.isLeading() || b.isLeading()).isFalse();

        storeOfA.mend();
        storeOfB.mend();
        world.advance(Duration.ofSeconds(5));
        assertThat(a.isLeading() ^ b.isLeading()).isTrue();
    }

    @Test
    void recognizesItsOwnVictoryWhenTheAnswerIsLost() {
        storeOfA.loseNextAnswer();
        startBoth();
        world.advance(Duration.ofSeconds(1));

        assertThat(a.isLeading()).isTrue();
        assertThat(b.isLeading()).isFalse();
        assertThat(write(a)).isInstanceOf(Committed.class);
        world.advance(Duration.ofMinutes(1));
        assertThat(a.isLeading()).isTrue();
    }

    @Test
    void campaignsAgainWhenACampaignDidNotReachTheStore() {
        storeOfA.loseNextCommit(() -> {});
        a.election.start();
        world.advance(Duration.ofSeconds(2));

        assertThat(a.isLeading()).isTrue();
    }

    @Test
    void doesNotTakeAnEarlierRecordOfItselfForItsVictory() {
        LeaderRecord ofEarlierProcess =
                LeaderRecord.newBuilder().setNodeId("a").setCampaign("earlier").build();
        storeOfA.loseNextCommit(() -> put(ofEarlierProcess.toByteString()));
        a.election.start();
        world.advance(Duration.ofSeconds(5));

        assertThat(a.isLeading()).isFalse();
        assertThat(a.story()).containsExactly("leader a");
    }

    @Test
    void leavesNothingOfAnUndecidedCampaignThatReachesTheStoreLate() {
        List<Txn> late = storeOfA.delayNextCommit();
        a.election.start();
        world.advance(Duration.ofSeconds(2));
        long epoch = a.lastTerm().epoch();
        CommitResult arrived = shared.commit(new Txn(List.of(), late.getFirst().mutations()));

        assertThat(arrived).isInstanceOf(CommitResult.Refused.class);
        world.advance(Duration.ofMinutes(1));
        assertThat(a.isLeading()).isTrue();
        assertThat(a.lastTerm().epoch()).isEqualTo(epoch);
    }

    @Test
    void resignsAndLeavesTheNextTermToTheOther() {
        startBoth();
        a.election.resign();
        world.run();

        assertThat(a.story()).contains("demoted: resigned");
        assertThat(b.isLeading()).isTrue();
        world.advance(LEASE.multipliedBy(3));
        assertThat(a.isLeading()).isFalse();
    }

    @Test
    void leadsAgainAfterItResignedWhenThereIsNoOther() {
        a.election.start();
        world.run();
        a.election.resign();
        world.run();
        assertThat(a.isLeading()).isFalse();

        world.advance(LEASE);
        assertThat(a.isLeading()).isTrue();
        assertThat(a.terms).hasSize(2);
    }

    @Test
    void givesTheKeyUpAtOnceWhenItIsClosed() throws Exception {
        startBoth();
        boolean[] done = new boolean[1];
        a.election.close(() -> done[0] = true);
        world.run();

        assertThat(done[0]).isTrue();
        assertThat(a.story()).contains("demoted: closed");
        assertThat(b.isLeading()).isTrue();
        world.advance(Duration.ofMinutes(1));
        assertThat(a.isLeading()).isFalse();
    }

    @Test
    void givesUpTheKeyOfACampaignThatIsWonWhileItIsClosed() throws Exception {
        boolean[] done = new boolean[1];
        a.election.start();
        a.election.close(() -> done[0] = true);
        world.run();

        assertThat(done[0]).isTrue();
        assertThat(a.terms).isEmpty();
        assertThat(shared.get(Keys.LEADER)).isEmpty();
    }

    @Test
    void stepsDownWhenSomebodyDeletesItsKey() {
        startBoth();
        shared.commit(new Txn(List.of(), List.of(new Mutation.Delete(Keys.LEADER))));
        world.run();

        assertThat(a.story()).contains("demoted: the leader's key is gone");
        assertThat(a.isLeading() ^ b.isLeading()).isTrue();
        assertThat(write(a.isLeading() ? a : b)).isInstanceOf(Committed.class);
    }

    @Test
    void ignoresWhatTheFeedSaysOfTheTimeBeforeItsTerm() {
        a.stopFollowing();
        a.election.start();
        world.run();
        loopOfA.execute(() -> a.election.leaderKey(Optional.empty()));
        world.run();

        assertThat(a.isLeading()).isTrue();
        assertThat(a.terms).hasSize(1);
    }

    @Test
    void doesNotClaimALeadershipWhoseLeaseMayHaveRunOut() {
        startBoth();
        loopOfA.pause();
        world.advance(LEASE);
        loopOfA.resume();
        loopOfA.execute(() -> assertThat(a.election.leadership()).isEmpty());
        world.run();
    }

    private void startBoth() {
        a.election.start();
        world.run();
        b.election.start();
        world.run();
    }

    /** What a transaction of the replica's last term is answered. */
    private CommitResult write(Replica replica) {
        return shared.commit(new Txn(
                List.of(replica.lastTerm().guard()),
                List.of(new Mutation.Put(Keys.RUN + "test", ByteString.copyFromUtf8("1")))));
    }

    private void put(ByteString record) {
        shared.commit(new Txn(List.of(), List.of(new Mutation.Put(Keys.LEADER, record))));
    }
}
