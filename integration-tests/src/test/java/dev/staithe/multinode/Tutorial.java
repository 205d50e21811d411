package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code docs/tutorial.md}: prose between blocks of commands, each after a {@code $}, with what they print. The commands must
 * be those that a test has typed; with {@code -Dtutorial.update} what they print becomes what they have printed there.
 */
final class Tutorial {
    private static final Path FILE = Terminal.CHECKOUT.resolve("docs/tutorial.md");
    private static final String FENCE = "```";
    private static final String PROMPT = "$ ";
    private static final int LINES_SHOWN = 12;
    private static final int LINES_SHOWN_FIRST = 3;

    private Tutorial() {}

    /** @param address of the control plane in this run; the tutorial has the usual one */
    static void check(List<Terminal.Line> typed, String address) {
        List<String> text = read();
        assertThat(text.stream().filter(line -> line.startsWith(PROMPT)).map(line -> line.substring(PROMPT.length())))
                .as("the commands of %s", FILE)
                .containsExactlyElementsOf(
                        typed.stream().map(Terminal.Line::command).toList());
        if (System.getProperty("tutorial.update") != null) {
            write(updated(text, typed, address));
        }
    }

    private static List<String> updated(List<String> text, List<Terminal.Line> typed, String address) {
        List<String> updated = new ArrayList<>();
        boolean inBlock = false;
        int commands = 0;
        for (String line : text) {
            if (line.startsWith(FENCE)) {
                inBlock = !inBlock;
                updated.add(line);
            } else if (!inBlock) {
                updated.add(line);
            } else if (line.startsWith(PROMPT)) {
                updated.add(line);
                updated.addAll(shortened(typed.get(commands++).output().replace(address, "127.0.0.1:7070")));
            }
        }
        return updated;
    }

    private static List<String> shortened(String output) {
        List<String> lines = output.stripTrailing().lines().toList();
        if (lines.size() <= LINES_SHOWN) {
            return lines;
        }
        List<String> shortened = new ArrayList<>(lines.subList(0, LINES_SHOWN_FIRST));
        shortened.add("...");
        shortened.addAll(lines.subList(lines.size() - (LINES_SHOWN - LINES_SHOWN_FIRST - 1), lines.size()));
        return shortened;
    }

    private static List<String> read() {
        try {
            return Files.readAllLines(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(List<String> lines) {
        try {
            Files.write(FILE, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
