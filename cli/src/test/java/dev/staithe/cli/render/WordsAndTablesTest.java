package dev.staithe.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.PlacementDecision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class WordsAndTablesTest {
    @Test
    void durationsHaveTheTwoGreatestUnits() {
        assertThat(List.of(0, 59, 60, 150, 600, 3600, 11_400, 86_400, 180_000).stream()
                        .map(seconds -> Words.duration(Duration.ofSeconds(seconds))))
                .containsExactly("0s", "59s", "1m", "2m30s", "10m", "1h", "3h10m", "1d", "2d2h");
        assertThat(Words.duration(Duration.ofSeconds(-5))).isEqualTo("0s");
    }

    @Test
    void sizesAreInTheUnitThatPeopleUse() {
        assertThat(List.of(1, 1023, 1024, 1536, 24_105).stream().map(Words::memory))
                .containsExactly("1 MiB", "1023 MiB", "1 GiB", "1.5 GiB", "23.5 GiB");
    }

    @Test
    void whatIsLeftNamesTheUnitOnceWhereItCan() {
        assertThat(Words.memory(256, 640)).isEqualTo("256/640 MiB");
        assertThat(Words.memory(1536, 24_105)).isEqualTo("1.5/23.5 GiB");
        assertThat(Words.memory(512, 24_105)).isEqualTo("512 MiB/23.5 GiB");
    }

    @Test
    void jsonEscapesOnlyWhatJsonHasTo() {
        PlacementDecision decision = PlacementDecision.newBuilder()
                .addConstraints("memberOf attribute:a == b & runningTasksCount < 3")
                .addConstraints("not an escape: \\u003d, \"quoted\"")
                .build();

        assertThat(Json.json(decision))
                .contains(
                        "\"memberOf attribute:a == b & runningTasksCount < 3\"",
                        "\"not an escape: \\\\u003d, \\\"quoted\\\"\"");
    }

    @Test
    void reasonsInTablesNameNoIds() {
        assertThat(Words.withoutIds("Host (instance 0a1b) was lost: no word")).isEqualTo("Host was lost: no word");
        assertThat(Words.withoutIds("Scaling activity initiated by (deployment ecs-svc/1)"))
                .isEqualTo("Scaling activity initiated");
        assertThat(Words.withoutIds("Task stopped by user")).isEqualTo("Task stopped by user");
    }

    @Test
    void aTableNeverTakesMoreThan100Columns() {
        Table table = new Table("NAME", "TEXT", "MORE")
                .row("a", "x".repeat(200), "y".repeat(90))
                .row("b", "", "z");

        assertThat(table.toString().lines()).allMatch(line -> line.length() <= 100);
        assertThat(table.toString()).contains("x...", "y...");
        assertThat(table.toString().lines().toList().get(2)).startsWith("b     -  ");
    }

    @Test
    void progressIsDrawnOverOnATerminalAndPlainInAPipe() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        dev.staithe.runtime.Time time = new dev.staithe.runtime.Time() {
            @Override
            public Instant now() {
                return Instant.EPOCH;
            }

            @Override
            public long nanos() {
                return 0;
            }
        };
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        try (Progress live = new Progress(out, true, time, "service web")) {
            live.show("1 of 2 running");
            live.tick();
            live.note("task c1 failed");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).replace('\u001b', '^'))
                .isEqualTo("\r^[2K^[?7l| service web: 1 of 2 running  0s^[?7h"
                        + "\r^[2K^[?7l/ service web: 1 of 2 running  0s^[?7h"
                        + "\r^[2Ktask c1 failed\n"
                        + "\r^[2K^[?7l/ service web: 1 of 2 running  0s^[?7h"
                        + "\r^[2K");

        bytes.reset();
        try (Progress plain = new Progress(out, false, time, "service web")) {
            plain.show("1 of 2 running");
            plain.show("1 of 2 running");
            plain.tick();
            plain.show("2 of 2 running");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("service web: 1 of 2 running\nservice web: 2 of 2 running\n");
    }

    @Test
    void valuesBecomeJsonWithEveryCharacterThatNeedsItEscaped() {
        Map<String, Object> values = new TreeMap<>();
        values.put("text", "a \"b\" \\ \n");
        values.put("list", List.of(1, true));

        assertThat(Json.of(values)).isEqualTo("{\n  \"list\": [1, true],\n  \"text\": \"a \\\"b\\\" \\\\ \\u000a\"\n}");
    }
}
