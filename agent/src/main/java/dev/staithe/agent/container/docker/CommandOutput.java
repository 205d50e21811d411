package dev.staithe.agent.container.docker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what a command writes, in pieces of at most {@link #LARGEST_PIECE} bytes.
 *
 * <p>That of a terminal is one stream as it is. Else it comes in frames: one byte for the stream (1 = stdout, 2 = stderr),
 * three of nothing, four for the length, then as many bytes.
 */
final class CommandOutput {
    static final int LARGEST_PIECE = 32 << 10;
    private static final int STDERR = 2;

    /** Where the pieces go; it may take its time. */
    interface Pieces {
        void piece(boolean stderr, byte[] bytes);
    }

    private CommandOutput() {}

    /** Reads to the end. */
    static void readAll(InputStream from, boolean terminal, Pieces to) throws IOException {
        if (terminal) {
            raw(from, to);
        } else {
            frames(new DataInputStream(from), to);
        }
    }

    private static void raw(InputStream from, Pieces to) throws IOException {
        byte[] buffer = new byte[LARGEST_PIECE];
        for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
            to.piece(false, copy(buffer, length));
        }
    }

    private static void frames(DataInputStream from, Pieces to) throws IOException {
        byte[] buffer = new byte[LARGEST_PIECE];
        for (int kind = from.read(); kind >= 0; kind = from.read()) {
            from.readFully(new byte[3]);
            long left = Integer.toUnsignedLong(from.readInt());
            while (left > 0) {
                int length = from.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (length < 0) {
                    throw new EOFException("the output ended within a frame");
                }
                to.piece(kind == STDERR, copy(buffer, length));
                left -= length;
            }
        }
    }

    private static byte[] copy(byte[] buffer, int length) {
        byte[] piece = new byte[length];
        System.arraycopy(buffer, 0, piece, 0, length);
        return piece;
    }
}
