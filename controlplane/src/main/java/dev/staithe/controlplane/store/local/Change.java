package dev.staithe.controlplane.store.local;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.StoreEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A row of the journal: what one revision did to one key.
 *
 * @param position where in its transaction, from 0
 * @param created the revision that created the key
 * @param previous the revision of the row that this one supersedes; 0 when it created the key
 * @param deleted whether the key is gone
 * @param leased whether the key hangs on a lease, and so must not outlive the process
 */
record Change(
        long revision,
        int position,
        String key,
        long created,
        long previous,
        boolean deleted,
        boolean leased,
        ByteString value) {

    /** What the mutation does to its key, which holds {@code before}; nothing when it deletes what is not there. */
    static Optional<Change> of(Mutation mutation, Optional<Change> before, long revision, int position) {
        return switch (mutation) {
            case Mutation.Put put -> Optional.of(put(put.key(), put.value(), false, before, revision, position));
            case Mutation.PutLeased put -> Optional.of(put(put.key(), put.value(), true, before, revision, position));
            case Mutation.Delete delete ->
                before.map(old -> new Change(
                        revision, position, old.key(), old.created(), old.revision(), true, false, ByteString.EMPTY));
        };
    }

    private static Change put(
            String key, ByteString value, boolean leased, Optional<Change> before, long revision, int position) {
        long created = before.map(Change::created).orElse(revision);
        long previous = before.map(Change::revision).orElse(0L);
        return new Change(revision, position, key, created, previous, false, leased, value);
    }

    Entry entry() {
        return new Entry(key, value, revision, created);
    }

    StoreEvent event() {
        return deleted ? new StoreEvent.Deleted(key) : new StoreEvent.Put(entry());
    }

    /** Over everything in the row: SQLite's own checks do not see a flipped bit in a value. */
    long checksum() {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(revision)
                .putLong(created)
                .putLong(previous)
                .putInt(position)
                .putInt((deleted ? 1 : 0) | (leased ? 2 : 0))
                .flip());
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(name.length).flip());
        crc.update(name);
        crc.update(value.asReadOnlyByteBuffer());
        return crc.getValue();
    }
}
