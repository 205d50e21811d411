package dev.staithe.agent.ledger;

import dev.staithe.agent.model.LocalTask;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * This host's crash-safe local truth: who it is, how far it has come with its control plane, and its tasks.
 *
 * <p>Calls block and are made from effects, one at a time. What {@link #write} was given is on disk when it returns, and
 * what it was not given stays as it was. A crash in the middle leaves every single entry either old or new.
 */
public interface TaskLedger extends AutoCloseable {
    /** Everything that is durable. Entries that cannot be read are set aside and named, never guessed at. */
    Contents load() throws IOException;

    void write(Changes changes) throws IOException;

    /** The record of images, beside that of tasks. */
    ImageLedger images();

    @Override
    void close();

    /**
     * What a ledger holds.
     *
     * @param identity empty in a new ledger
     * @param tasks in the order of their ids
     * @param quarantined what could not be read, and where it was put: for the log
     */
    record Contents(Optional<Identity> identity, List<LocalTask> tasks, List<String> quarantined) {
        public Contents {
            tasks = List.copyOf(tasks);
            quarantined = List.copyOf(quarantined);
        }
    }

    /**
     * What to make durable, tasks first.
     *
     * @param identity empty = unchanged
     * @param forgotten ids of tasks that are no longer held
     */
    record Changes(Optional<Identity> identity, List<LocalTask> tasks, List<String> forgotten) {
        public Changes {
            tasks = List.copyOf(tasks);
            forgotten = List.copyOf(forgotten);
        }

        public static Changes of(Identity identity) {
            return new Changes(Optional.of(identity), List.of(), List.of());
        }
    }

    /**
     * Who this agent is to its control plane.
     *
     * @param instanceId 32 hexadecimal digits, made once
     * @param incarnation counts the processes that have used this ledger; the newest wins
     * @param highestEpoch of a leader that was obeyed; a lower one is refused
     * @param sequence of the last set of assignments that is durable
     */
    record Identity(String instanceId, long incarnation, long highestEpoch, long sequence) {
        /** The next process of this agent. */
        public Identity next() {
            return new Identity(instanceId, incarnation + 1, highestEpoch, sequence);
        }

        public Identity obeying(long epoch) {
            return new Identity(instanceId, incarnation, Math.max(highestEpoch, epoch), sequence);
        }

        public Identity at(long newSequence) {
            return new Identity(instanceId, incarnation, highestEpoch, newSequence);
        }
    }
}
