package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.container.Seen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
    private static final String FIRST = "2026-11-20T09:36:38.123456789Z";
    private static final String SECOND = "2026-11-20T09:36:39.000000000Z";

    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private final Seen seen = new Seen();

    @Test
    void separatesTheTwoStreams() throws IOException {
        frame(1, FIRST + " out\n");
        frame(2, SECOND + " err\n");

        read();

        assertThat(seen.stdout()).containsExactly("out");
        assertThat(seen.stderr()).containsExactly("err");
        assertThat(seen.times()).containsExactly(millis(FIRST), millis(SECOND));
    }

    @Test
    void assemblesALineOfSeveralFramesWithTheTimeOfItsFirst() throws IOException {
        frame(1, FIRST + " one ");
        frame(2, SECOND + " between\n");
        frame(1, SECOND + " line\n");

        read();

        assertThat(seen.stdout()).containsExactly("one line");
        assertThat(seen.stderr()).containsExactly("between");
        assertThat(seen.times()).containsExactly(millis(SECOND), millis(FIRST));
    }

    @Test
    void splitsAFrameOfSeveralLines() throws IOException {
        frame(1, FIRST + " one\ntwo\r\n\nfour");

        read();

        assertThat(seen.stdout()).containsExactly("one", "two", "", "four");
    }

    @Test
    void readsWhatComesFromATerminal() throws IOException {
        String text = FIRST + " one\r\n" + SECOND + " two\r\n" + SECOND + " three";

        new LogLines(seen).readTerminal(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));

        assertThat(seen.stdout()).containsExactly("one", "two", "three");
        assertThat(seen.times()).containsExactly(millis(FIRST), millis(SECOND), millis(SECOND));
    }

    @Test
    void keepsWhatOnlyLooksLikeATimestamp() throws IOException {
        frame(1, FIRST + " " + SECOND + " is when it happened\n");
        frame(1, "no time at all\n");

        read();

        assertThat(seen.stdout()).containsExactly(SECOND + " is when it happened", "no time at all");
    }

    @Test
    void putsCharactersTogetherThatFramesTookApart() throws IOException {
        byte[] bytes = "höhe\n".getBytes(StandardCharsets.UTF_8);
        frame(1, concat((FIRST + " ").getBytes(StandardCharsets.US_ASCII), Arrays.copyOfRange(bytes, 0, 2)));
        frame(
                1,
                concat((SECOND + " ").getBytes(StandardCharsets.US_ASCII), Arrays.copyOfRange(bytes, 2, bytes.length)));

        read();

        assertThat(seen.stdout()).containsExactly("höhe");
    }

    @Test
    void replacesWhatIsNotUtf8() throws IOException {
        frame(1, concat((FIRST + " a").getBytes(StandardCharsets.US_ASCII), new byte[] {(byte) 0xff, 'b', '\n'}));

        read();

        assertThat(seen.stdout()).containsExactly("a\uFFFDb");
    }

    @Test
    void handsOverALineWithoutEndInPieces() throws IOException {
        String piece = "x".repeat(16 * 1024);
        for (int i = 0; i < 100; i++) {
            frame(1, FIRST + " " + piece);
        }

        read();

        assertThat(seen.stdout()).hasSize(2);
        assertThat(String.join("", seen.stdout())).hasSize(100 * piece.length());
    }

    @Test
    void failsWhenTheStreamEndsWithinAFrame() throws IOException {
        frame(1, FIRST + " whole\n");
        stream.write(new byte[] {1, 0, 0, 0, 0, 0, 0, 9, 'x'});

        assertThatThrownBy(this::read).isInstanceOf(EOFException.class);
        assertThat(seen.stdout()).containsExactly("whole");
    }

    private void read() throws IOException {
        new LogLines(seen).readAll(new ByteArrayInputStream(stream.toByteArray()));
    }

    private void frame(int kind, String text) throws IOException {
        frame(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    private void frame(int kind, byte[] content) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        out.write(new byte[] {(byte) kind, 0, 0, 0});
        out.writeInt(content.length);
        out.write(content);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }
}
