package dev.staithe.controlplane.intent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which intent is written: read, check, commit under guards; after a conflict read and check again; after an
 * unknown outcome find out what became of it.
 *
 * <p>An outcome stays in doubt until the key tells: a transaction that timed out may still be applied later, so every later
 * try first looks for the earlier one's value. A proposal's values must therefore be the same at every try (ids and times
 * are drawn once, before the first).
 */
final class Writes {
    private static final Logger LOG = LoggerFactory.getLogger(Writes.class);

    /** Each conflict means that somebody else got on, so this is a bound on unfairness only. */
    private static final int MOST_TRIES = 64;

    /** Each doubt has cost a whole time-out of the store. */
    private static final int MOST_DOUBTS = 3;

    /** Of a deletion that was found to have happened. */
    private static final long NO_REVISION = 0;

    private final Store store;

    Writes(Store store) {
        this.store = store;
    }

    /** What to do, after a fresh look at the store. */
    sealed interface Proposal<T> {
        /** Nothing needs to be written. */
        record Keep<T>(T value, long revision) implements Proposal<T> {}

        /**
         * Write this.
         *
         * @param witness the key that shows whether it was applied: one of those put or deleted
         */
        record Change<T>(T value, String witness, List<Guard> guards, List<Mutation> mutations)
                implements Proposal<T> {}
    }

    /** Looks and decides. */
    @FunctionalInterface
    interface Attempt<T> {
        Proposal<T> propose() throws IntentException, StoreException, InvalidProtocolBufferException;
    }

    /**
     * Makes the change.
     *
     * @param what it is about, for messages: {@code service web}
     */
    <T> Written<T> apply(String what, Attempt<T> attempt) throws IntentException {
        List<Proposal.Change<T>> doubtful = new ArrayList<>();
        try {
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                Optional<Proposal<T>> proposal = Optional.empty();
                Optional<IntentException> refusal = Optional.empty();
                try {
                    proposal = Optional.of(attempt.propose());
                } catch (IntentException e) {
                    refusal = Optional.of(e);
                }
                // Looked for after the proposal's own reads: a refusal may be about this call's own earlier write.
                Optional<Written<T>> landed = landed(doubtful);
                if (landed.isPresent()) {
                    return landed.get();
                }
                if (refusal.isPresent()) {
                    throw refusal.get();
                }
                Optional<Written<T>> written = tried(what, proposal.orElseThrow(), doubtful);
                if (written.isPresent()) {
                    return written.get();
                }
            }
        } catch (StoreException e) {
            throw doubtful.isEmpty()
                    ? IntentException.storeUnavailable(String.valueOf(e.getMessage()))
                    : undecided(what, String.valueOf(e.getMessage()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the stored record of " + what + " cannot be read", e);
        }
        throw IntentException.of(
                Reason.CONFLICT, what + " was changed by others at the same time, again and again (try again)");
    }

    /** Empty when it has to be tried again. */
    private <T> Optional<Written<T>> tried(String what, Proposal<T> proposal, List<Proposal.Change<T>> doubtful)
            throws IntentException {
        return switch (proposal) {
            case Proposal.Keep<T> keep -> Optional.of(new Written<>(keep.value(), keep.revision()));
            case Proposal.Change<T> change ->
                switch (store.commit(new Txn(change.guards(), change.mutations()))) {
                    case CommitResult.Committed committed ->
                        Optional.of(new Written<>(change.value(), committed.revision()));
                    case CommitResult.Conflict conflict -> Optional.empty();
                    case CommitResult.Unknown unknown -> {
                        LOG.atWarn().addKeyValue("cause", unknown.cause()).log("{}: not known whether written", what);
                        doubtful.add(change);
                        if (doubtful.size() == MOST_DOUBTS) {
                            throw undecided(what, unknown.cause());
                        }
                        yield Optional.empty();
                    }
                    case CommitResult.Refused refused -> {
                        LOG.atWarn().addKeyValue("cause", refused.cause()).log("{}: not written", what);
                        throw IntentException.of(
                                Reason.STORE_FULL,
                                what + " was not changed, the store refuses to write: " + refused.cause());
                    }
                    case CommitResult.Fenced fenced ->
                        throw new IllegalStateException("fenced without a leader's guard");
                };
        };
    }

    /** What one of the writes in doubt left, if it was applied and is still the newest. */
    private <T> Optional<Written<T>> landed(List<Proposal.Change<T>> doubtful) throws StoreException {
        for (Proposal.Change<T> change : doubtful) {
            Optional<Entry> entry = store.get(change.witness());
            for (Mutation mutation : change.mutations()) {
                boolean applied = mutation.key().equals(change.witness())
                        && switch (mutation) {
                            case Mutation.Put put ->
                                entry.isPresent() && entry.get().value().equals(put.value());
                            case Mutation.Delete delete -> entry.isEmpty();
                            case Mutation.PutLeased leased -> false;
                        };
                if (applied) {
                    long revision = entry.isPresent() ? entry.get().revision() : NO_REVISION;
                    return Optional.of(new Written<>(change.value(), revision));
                }
            }
        }
        return Optional.empty();
    }

    private static IntentException undecided(String what, String why) {
        return IntentException.of(
                Reason.STORE_UNAVAILABLE,
                "the store did not say whether " + what + " was changed: " + why
                        + " (look at it before you try again)");
    }
}
