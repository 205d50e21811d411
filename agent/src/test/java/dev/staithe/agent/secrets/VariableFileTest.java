package dev.staithe.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VariableFileTest {
    @Test
    void readsLinesAsDockerDoes() {
        Map<String, String> variables =
                read("\uFEFF# a comment\nA=1\r\n\n   B=two words \nC=a=b#c\nD=\nE=\"quoted\"\nA=later");

        assertThat(variables)
                .containsEntry("A", "later")
                .containsEntry("B", "two words ")
                .containsEntry("C", "a=b#c")
                .containsEntry("D", "")
                .containsEntry("E", "\"quoted\"");
    }

    @Test
    void refusesALineByItsNumberAndNeverByWhatItSays() {
        assertThatThrownBy(() -> read("A=1\nhush hush"))
                .hasMessage("line 2 (expected: NAME=value)")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> read("=hush")).hasMessage("line 1 (expected: NAME=value)");
        assertThatThrownBy(() -> read("TWO WORDS=hush")).hasMessage("line 1 (expected: NAME=value)");
        assertThatThrownBy(() -> read("A=hu\0sh")).hasMessage("line 1 (expected: NAME=value)");
        assertThatThrownBy(() -> VariableFile.read(ByteString.copyFrom(new byte[] {(byte) 0xff})))
                .hasMessage("not UTF-8 (expected: lines of NAME=value)");
    }

    private static Map<String, String> read(String text) {
        return VariableFile.read(ByteString.copyFromUtf8(text));
    }
}
