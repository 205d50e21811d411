package dev.staithe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a user sees, kept in {@code src/test/resources/golden}. When a change of it is meant, run the test with
 * {@code -Dgolden.update} and read the diff before committing it.
 */
public final class Golden {
    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private Golden() {}

    /** Fails unless the text is the one that is kept under this name. */
    public static void check(String name, String actual) {
        Path file = DIRECTORY.resolve(name + ".txt");
        try {
            if (System.getProperty("golden.update") != null) {
                Files.createDirectories(DIRECTORY);
                Files.writeString(file, actual);
                return;
            }
            String expected = Files.exists(file) ? Files.readString(file) : "";
            if (!actual.equals(expected)) {
                throw new AssertionError(difference(file, expected, actual));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Line by line: two that agree stand once, those that do not stand under each other. */
    private static String difference(Path file, String expected, String actual) {
        List<String> left = expected.lines().toList();
        List<String> right = actual.lines().toList();
        int same = 0;
        while (same < left.size() && same < right.size() && left.get(same).equals(right.get(same))) {
            same++;
        }
        int tail = 0;
        while (tail < left.size() - same
                && tail < right.size() - same
                && left.get(left.size() - 1 - tail).equals(right.get(right.size() - 1 - tail))) {
            tail++;
        }
        StringBuilder text = new StringBuilder("not what " + file + " says (-Dgolden.update to accept):\n");
        left.subList(0, same).forEach(line -> text.append("    ").append(line).append('\n'));
        left.subList(same, left.size() - tail)
                .forEach(line -> text.append("  - ").append(line).append('\n'));
        right.subList(same, right.size() - tail)
                .forEach(line -> text.append("  + ").append(line).append('\n'));
        left.subList(left.size() - tail, left.size())
                .forEach(line -> text.append("    ").append(line).append('\n'));
        return text.toString();
    }
}
