package dev.staithe.controlplane.store.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks through SQLite's write-ahead log before SQLite does. SQLite takes the first frame that does not match its checksum
 * for the end of the log and drops the rest without a word: right after a crash in the middle of a write, silent loss of
 * acknowledged transactions when a bit has flipped. The two can be told apart: every transaction is synced before the next
 * begins, so a crash leaves at most one transaction behind the first bad frame.
 *
 * <p>Format: a header of 32 bytes, then frames of 24 bytes and a page each, checksums running through all of them
 * (https://www.sqlite.org/fileformat2.html#walformat).
 */
final class WriteAheadLog {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int MAGIC = 0x377f0682;

    private int first;
    private int second;

    private WriteAheadLog() {}

    /** What was found. */
    sealed interface Finding {
        /** Nothing, or nothing but whole transactions. */
        record Sound() implements Finding {}

        /** The last write was not finished: it was never acknowledged, unless its own bytes are what is damaged. */
        record TornTail(long frames) implements Finding {}

        /** Acknowledged transactions cannot be read. */
        record Damaged(String what) implements Finding {}
    }

    static Finding inspect(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return new Finding.Sound();
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return new WriteAheadLog().inspect(channel);
        }
    }

    private Finding inspect(FileChannel channel) throws IOException {
        ByteBuffer header = read(channel, 0, HEADER);
        if (header.remaining() < HEADER) {
            return new Finding.TornTail(0);
        }
        boolean known = (header.getInt(0) & ~1) == MAGIC;
        ByteOrder order = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        sum(header.slice(0, 24), order);
        if (!known || first != header.getInt(24) || second != header.getInt(28)) {
            return new Finding.Damaged("its write-ahead log has a bad header");
        }
        int frameSize = FRAME_HEADER + header.getInt(8);
        long salts = header.getLong(16);
        long frames = (channel.size() - HEADER) / frameSize;
        long good = 0;
        while (good < frames && follows(read(channel, HEADER + good * frameSize, frameSize), salts, order)) {
            good++;
        }
        long bad = 0;
        long commits = 0;
        for (long i = good; i < frames; i++) {
            ByteBuffer frame = read(channel, HEADER + i * frameSize, FRAME_HEADER);
            // Frames with other salts are left over from before the log was last started anew.
            if (frame.getLong(8) == salts) {
                bad++;
                commits += frame.getInt(4) != 0 ? 1 : 0;
            }
        }
        if (commits > 1) {
            return new Finding.Damaged("its write-ahead log is unreadable from frame " + good + " on, " + commits
                    + " transactions are in it");
        }
        return bad > 0 ? new Finding.TornTail(bad) : new Finding.Sound();
    }

    /** Whether the frame belongs to this log and its checksum, which runs on from the frame before, is right. */
    private boolean follows(ByteBuffer frame, long salts, ByteOrder order) {
        if (frame.getLong(8) != salts) {
            return false;
        }
        sum(frame.slice(0, 8), order);
        sum(frame.slice(FRAME_HEADER, frame.remaining() - FRAME_HEADER), order);
        return first == frame.getInt(16) && second == frame.getInt(20);
    }

    private void sum(ByteBuffer bytes, ByteOrder order) {
        ByteBuffer words = bytes.order(order);
        while (words.remaining() >= 8) {
            first += words.getInt() + second;
            second += words.getInt() + first;
        }
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {}
        return buffer.flip();
    }
}
