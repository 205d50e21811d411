package dev.staithe.controlplane.store.parts;

import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import java.util.List;
import java.util.Optional;

/** Decides whether a transaction's guards hold: a lost leadership before everything else. Pure. */
public final class Guards {
    private Guards() {}

    /** Finds what a key holds now. */
    @FunctionalInterface
    public interface Lookup<X extends Exception> {
        Optional<Entry> entry(String key) throws X;
    }

    /**
     * Why the transaction must not be applied; empty when every guard holds.
     *
     * @param revision the store's revision that the entries are looked up at
     */
    public static <X extends Exception> Optional<CommitResult> refusal(
            List<Guard> guards, long revision, Lookup<X> lookup) throws X {
        boolean conflict = false;
        for (Guard guard : guards) {
            Optional<Entry> entry = lookup.entry(guard.key());
            if (!holds(guard, entry)) {
                if (guard instanceof Guard.Held) {
                    return Optional.of(new CommitResult.Fenced());
                }
                conflict = true;
            }
        }
        return conflict ? Optional.of(new CommitResult.Conflict(revision)) : Optional.empty();
    }

    private static boolean holds(Guard guard, Optional<Entry> entry) {
        return switch (guard) {
            case Guard.Unchanged unchanged -> entry.isPresent() && entry.get().revision() == unchanged.revision();
            case Guard.Absent absent -> entry.isEmpty();
            case Guard.Held held -> entry.isPresent() && entry.get().created() == held.created();
        };
    }
}
