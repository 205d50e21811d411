package dev.staithe.controlplane.commit;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes what a pass decided, in as few transactions as the bounds allow, one after the other.
 *
 * <p>Every transaction carries three fences: leadership ({@code Held}), the revision of every key it changes, and the
 * leader's own sequence: a key that every transaction of the leader rewrites and compares. The last one means that a
 * transaction whose outcome is unknown can never be applied after a later one: once {@link #synchronise} has written the
 * sequence key, whatever was under way before has either been applied or never will be.
 *
 * <p>Blocks; called from effects, one call at a time. Keeps no state: callers pass the revision of the sequence key on.
 */
public final class Committer {
    /** Room for the sequence key and its guard, and for the fence. */
    private static final int MAX_WRITES = Txn.MAX_OPERATIONS - 2;

    private static final int MAX_BYTES = Txn.MAX_BYTES - 1024;

    private final Store store;

    public Committer(Store store) {
        this.store = store;
    }

    /** How a draft, or a barrier, ended. */
    public sealed interface Result {
        /** Everything was written; the feed will pass this revision, which is also the sequence key's. */
        record Written(long revision) implements Result {}

        /**
         * Not everything was written: state and store disagree, or nobody knows. Synchronise, wait for the feed and plan
         * again.
         */
        record Doubtful(String why) implements Result {}

        /** The store refuses to write: a full disk. Nothing was written. */
        record Refused(String why) implements Result {}

        /** Not the leader any more. */
        record Fenced() implements Result {}
    }

    /** Writes the draft, as the leader whose fence is given, after the sequence key's revision. */
    public Result write(Draft draft, Guard.Held fence, long sequence) {
        long revision = sequence;
        for (List<Draft.Write> chunk : chunks(draft.writes())) {
            List<Guard> guards = new ArrayList<>();
            List<Mutation> mutations = new ArrayList<>();
            chunk.forEach(w -> {
                guards.add(w.guard());
                mutations.add(w.mutation());
            });
            switch (commit(guards, mutations, fence, revision)) {
                case CommitResult.Committed committed -> revision = committed.revision();
                case CommitResult.Conflict conflict -> {
                    return new Result.Doubtful("the store has moved on to revision " + conflict.revision());
                }
                case CommitResult.Unknown unknown -> {
                    return new Result.Doubtful(unknown.cause());
                }
                case CommitResult.Refused refused -> {
                    return revision == sequence
                            ? new Result.Refused(refused.cause())
                            : new Result.Doubtful("the store took only a part: " + refused.cause());
                }
                case CommitResult.Fenced fenced -> {
                    return new Result.Fenced();
                }
            }
        }
        return new Result.Written(revision);
    }

    /**
     * Writes nothing but the sequence key: when it is written, no earlier transaction of this or a former leader is under
     * way any more, and the feed's passing its revision means that the state is current.
     */
    public Result synchronise(Guard.Held fence) {
        long sequence;
        try {
            Optional<Entry> entry = store.get(Keys.SEQUENCE);
            sequence = entry.map(Entry::revision).orElse(0L);
        } catch (StoreException e) {
            return new Result.Doubtful(String.valueOf(e.getMessage()));
        }
        return switch (commit(List.of(), List.of(), fence, sequence)) {
            case CommitResult.Committed committed -> new Result.Written(committed.revision());
            case CommitResult.Conflict conflict -> new Result.Doubtful("another transaction came first");
            case CommitResult.Unknown unknown -> new Result.Doubtful(unknown.cause());
            case CommitResult.Refused refused -> new Result.Refused(refused.cause());
            case CommitResult.Fenced fenced -> new Result.Fenced();
        };
    }

    private CommitResult commit(List<Guard> guards, List<Mutation> mutations, Guard.Held fence, long sequence) {
        List<Guard> allGuards = new ArrayList<>(guards);
        allGuards.add(fence);
        allGuards.add(sequence == 0 ? new Guard.Absent(Keys.SEQUENCE) : new Guard.Unchanged(Keys.SEQUENCE, sequence));
        List<Mutation> allMutations = new ArrayList<>(mutations);
        allMutations.add(new Mutation.Put(Keys.SEQUENCE, ByteString.copyFromUtf8(Long.toString(fence.created()))));
        return store.commit(new Txn(allGuards, allMutations));
    }

    /** As few chunks as the bounds allow, no unit in two chunks unless it is too large for one. */
    private static List<List<Draft.Write>> chunks(List<Draft.Write> writes) {
        List<List<Draft.Write>> chunks = new ArrayList<>();
        List<Draft.Write> chunk = new ArrayList<>();
        for (List<Draft.Write> unit : units(writes)) {
            if (!fits(chunk, unit)) {
                close(chunk, chunks);
                chunk = new ArrayList<>();
            }
            if (fits(chunk, unit)) {
                chunk.addAll(unit);
                continue;
            }
            for (Draft.Write write : unit) {
                if (!fits(chunk, List.of(write))) {
                    close(chunk, chunks);
                    chunk = new ArrayList<>();
                }
                chunk.add(write);
            }
        }
        close(chunk, chunks);
        return chunks;
    }

    private static void close(List<Draft.Write> chunk, List<List<Draft.Write>> chunks) {
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
    }

    private static List<List<Draft.Write>> units(List<Draft.Write> writes) {
        List<List<Draft.Write>> units = new ArrayList<>();
        for (Draft.Write write : writes) {
            if (units.isEmpty() || units.getLast().getLast().unit() != write.unit()) {
                units.add(new ArrayList<>());
            }
            units.getLast().add(write);
        }
        return units;
    }

    private static boolean fits(List<Draft.Write> chunk, List<Draft.Write> more) {
        return chunk.size() + more.size() <= MAX_WRITES && bytes(chunk) + bytes(more) <= MAX_BYTES;
    }

    private static long bytes(List<Draft.Write> writes) {
        return writes.stream().mapToLong(w -> Txn.size(w.mutation())).sum();
    }
}
