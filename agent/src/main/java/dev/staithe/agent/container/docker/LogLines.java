package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRuntime.LogSink;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Makes lines of the engine's log stream.
 *
 * <p>The stream is a sequence of frames: one byte for the stream (1 = stdout, 2 = stderr), three of nothing, four for the
 * length, then as many bytes. Each begins with a timestamp and a blank. A frame is a piece of a line: the engine cuts lines
 * of more than 16 KiB, and gives every piece a timestamp of its own; the line has that of its first piece.
 */
final class LogLines {
    /** A line that grows longer is handed over in pieces: what a container writes must not fill our memory. */
    static final int LONGEST_LINE = 1 << 20;

    private static final int LONGEST_FRAME = 16 << 20;
    private static final int STDERR = 2;

    /** "2026-11-20T09:36:38.123456789Z" */
    private static final int LONGEST_TIMESTAMP = 40;

    private final Line stdout;
    private final Line stderr;

    LogLines(LogSink sink) {
        stdout = new Line(sink, false);
        stderr = new Line(sink, true);
    }

    /** Reads to the end of the stream; what was written last without a line end is a line too. */
    void readAll(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        for (int kind = in.read(); kind >= 0; kind = in.read()) {
            in.readFully(new byte[3]);
            int length = in.readInt();
            if (length < 0 || length > LONGEST_FRAME) {
                throw new IOException("log frame of " + length + " bytes (expected: at most " + LONGEST_FRAME + ")");
            }
            byte[] frame = in.readNBytes(length);
            if (frame.length < length) {
                throw new EOFException("the log ended within a frame");
            }
            (kind == STDERR ? stderr : stdout).add(frame);
        }
        stdout.flush();
        stderr.flush();
    }

    /** Of a container with a pseudo-terminal: one stream without frames, each line with its timestamp. */
    void readTerminal(InputStream stream) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = new BufferedInputStream(stream);
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n' || line.size() > LONGEST_LINE) {
                stdout.add(line.toByteArray());
                line.reset();
            }
        }
        if (line.size() > 0) {
            stdout.add(line.toByteArray());
        }
        stdout.flush();
    }

    /** What has come of one stream's current line. */
    private static final class Line {
        private final LogSink sink;
        private final boolean isStderr;
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private long timeMillis;

        Line(LogSink sink, boolean isStderr) {
            this.sink = sink;
            this.isStderr = isStderr;
        }

        void add(byte[] frame) {
            int from = timestamp(frame);
            for (int at = from; at < frame.length; at++) {
                if (frame[at] == '\n') {
                    pending.write(frame, from, at - from);
                    emit();
                    from = at + 1;
                }
            }
            pending.write(frame, from, frame.length - from);
            if (pending.size() > LONGEST_LINE) {
                emit();
            }
        }

        void flush() {
            if (pending.size() > 0) {
                emit();
            }
        }

        /** Where the content begins. The time is kept when it is that of a new line. */
        private int timestamp(byte[] frame) {
            int blank = 0;
            while (blank < frame.length && blank < LONGEST_TIMESTAMP && frame[blank] != ' ') {
                blank++;
            }
            try {
                long time = Instant.parse(new String(frame, 0, blank, StandardCharsets.US_ASCII))
                        .toEpochMilli();
                if (pending.size() == 0) {
                    timeMillis = time;
                }
                return Math.min(blank + 1, frame.length);
            } catch (DateTimeException notATime) {
                return 0;
            }
        }

        private void emit() {
            int length = pending.size();
            byte[] bytes = pending.toByteArray();
            if (length > 0 && bytes[length - 1] == '\r') {
                length--;
            }
            pending.reset();
            sink.line(isStderr, timeMillis, new String(bytes, 0, length, StandardCharsets.UTF_8));
        }
    }
}
