package dev.staithe.controlplane.commit;

import static dev.staithe.controlplane.intent.FaultyStore.APPLIED_UNSEEN;
import static dev.staithe.controlplane.intent.FaultyStore.FULL;
import static dev.staithe.controlplane.intent.FaultyStore.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.FaultyStore;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitterTest {
    private final World world = new World();
    private final Committer committer = new Committer(world.store);
    private final List<Txn> seen = new ArrayList<>();
    private final Guard.Held fence = new Guard.Held(Keys.LEADER, become("a"));

    @Test
    void everyTransactionIsFencedByLeadershipByWhatItReadAndByTheSequence() {
        long sequence = written(committer.synchronise(fence));
        Draft draft = draft(1, "x");
        world.store.next(watched());

        written(committer.write(draft, fence, sequence));

        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().guards())
                .containsExactlyInAnyOrder(
                        new Guard.Absent(key(1)), fence, new Guard.Unchanged(Keys.SEQUENCE, sequence));
        assertThat(seen.getFirst().mutations()).extracting(Mutation::key).containsExactly(key(1), Keys.SEQUENCE);
    }

    @Test
    void theFirstBarrierMakesTheSequence() {
        long sequence = written(committer.synchronise(fence));

        assertThat(world.state().revision()).isEqualTo(sequence);
        assertThat(written(committer.synchronise(fence))).isEqualTo(sequence + 1);
    }

    @Test
    void aLargeDraftIsWrittenInBoundedTransactionsEachAfterTheLast() {
        long sequence = written(committer.synchronise(fence));
        Draft draft = new Draft(world.state());
        for (int i = 1; i <= 250; i++) {
            draft.put(event(i, "x"));
        }
        world.store.next(watched(), watched(), watched());

        long end = written(committer.write(draft, fence, sequence));

        assertThat(seen).extracting(t -> t.mutations().size()).containsExactly(99, 99, 55);
        assertThat(end).isEqualTo(sequence + 3);
        assertThat(world.state().events("uid")).hasSize(250);
    }

    @Test
    void largeValuesCountToo() {
        long sequence = written(committer.synchronise(fence));
        Draft draft = new Draft(world.state());
        for (int i = 1; i <= 3; i++) {
            draft.put(event(i, "x".repeat(Txn.MAX_BYTES / 2 - 2048)));
        }
        world.store.next(watched(), watched());

        written(committer.write(draft, fence, sequence));

        assertThat(seen).extracting(t -> t.mutations().size()).containsExactly(3, 2);
    }

    @Test
    void whatBelongsTogetherIsWrittenTogether() {
        long sequence = written(committer.synchronise(fence));
        Draft draft = new Draft(world.state());
        for (int i = 1; i <= 95; i++) {
            draft.put(event(i, "x"));
        }
        draft.nextUnit();
        for (int i = 96; i <= 105; i++) {
            draft.put(event(i, "x"));
        }
        world.store.next(watched(), watched());

        written(committer.write(draft, fence, sequence));

        assertThat(seen).extracting(t -> t.mutations().size()).containsExactly(96, 11);
    }

    @Test
    void aConflictMeansThatStateAndStoreDisagree() {
        long sequence = written(committer.synchronise(fence));
        Draft draft = draft(1, "x");
        written(committer.write(draft(1, "other"), fence, sequence));

        assertThat(committer.write(draft, fence, sequence + 1)).isInstanceOf(Committer.Result.Doubtful.class);
    }

    @Test
    void anUnknownOutcomeIsInDoubtAndNeverAppliedAfterTheBarrier() {
        long sequence = written(committer.synchronise(fence));
        List<Txn> delayed = new ArrayList<>();
        world.store.next((txn, store) -> {
            delayed.add(txn);
            return new CommitResult.Unknown("timed out");
        });

        Committer.Result result = committer.write(draft(1, "x"), fence, sequence);
        written(committer.synchronise(fence));

        assertThat(result).isEqualTo(new Committer.Result.Doubtful("timed out"));
        assertThat(world.store.commit(delayed.getFirst())).isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void theBarrierFindsItsWayPastAnAnswerThatWasLost() {
        written(committer.synchronise(fence));
        world.store.next(APPLIED_UNSEEN);

        assertThat(committer.synchronise(fence)).isInstanceOf(Committer.Result.Doubtful.class);
        assertThat(committer.synchronise(fence)).isInstanceOf(Committer.Result.Written.class);
    }

    @Test
    void theBarrierIsInDoubtWhenTheStoreCannotBeRead() {
        world.store.unreadable(true);

        assertThat(committer.synchronise(fence)).isInstanceOf(Committer.Result.Doubtful.class);
    }

    @Test
    void refusedMeansThatNothingWasWritten() {
        long sequence = written(committer.synchronise(fence));
        world.store.next(FULL);
        assertThat(committer.write(draft(1, "x"), fence, sequence)).isInstanceOf(Committer.Result.Refused.class);

        Draft large = new Draft(world.state());
        for (int i = 1; i <= 150; i++) {
            large.put(event(i, "x"));
        }
        world.store.next(watched(), FULL);
        assertThat(committer.write(large, fence, sequence)).isInstanceOf(Committer.Result.Doubtful.class);
    }

    @Test
    void aFormerLeaderWritesNothing() {
        long sequence = written(committer.synchronise(fence));
        world.store.commit(new Txn(List.of(), List.of(new Mutation.Delete(Keys.LEADER))));
        become("b");

        assertThat(committer.write(draft(1, "x"), fence, sequence)).isInstanceOf(Committer.Result.Fenced.class);
        assertThat(committer.synchronise(fence)).isInstanceOf(Committer.Result.Fenced.class);
        assertThat(world.state().events("uid")).isEmpty();
    }

    @Test
    void nothingFollowsATransactionInDoubt() {
        long sequence = written(committer.synchronise(fence));
        Draft large = new Draft(world.state());
        for (int i = 1; i <= 150; i++) {
            large.put(event(i, "x"));
        }
        world.store.next(LOST);

        committer.write(large, fence, sequence);

        assertThat(world.state().revision()).isEqualTo(sequence);
    }

    private long become(String node) {
        CommitResult result = world.store.commit(new Txn(
                List.of(new Guard.Absent(Keys.LEADER)),
                List.of(new Mutation.Put(Keys.LEADER, ByteString.copyFromUtf8(node)))));
        return ((CommitResult.Committed) result).revision();
    }

    private FaultyStore.Fault watched() {
        return (txn, store) -> {
            seen.add(txn);
            return store.commit(txn);
        };
    }

    private Draft draft(long number, String text) {
        Draft draft = new Draft(world.state());
        draft.put(event(number, text));
        return draft;
    }

    private static ServiceEvent event(long number, String text) {
        return new ServiceEvent("id", "default", "uid", number, 1, text, "");
    }

    private static String key(long number) {
        return Keys.event("default", "uid", number);
    }

    private static long written(Committer.Result result) {
        assertThat(result).isInstanceOf(Committer.Result.Written.class);
        return ((Committer.Result.Written) result).revision();
    }
}
