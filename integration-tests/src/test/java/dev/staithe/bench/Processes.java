package dev.staithe.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Processes as /proc shows them. What has gone meanwhile reads as empty, and as 0. */
final class Processes {
    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;

    private Processes() {}

    /** Ids of those whose command line, its words each ended by NUL, is such. */
    static List<Long> found(Predicate<String> command) throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (command.test(read(process.resolve("cmdline")))) {
                    found.add(Long.parseLong(String.valueOf(process.getFileName())));
                }
            }
        }
        return found;
    }

    /** A field of smaps_rollup, in KiB: {@code Rss}, {@code Pss}, {@code Private_Dirty}. */
    static double memory(long pid, String field) {
        return number(read(process(pid).resolve("smaps_rollup")), field);
    }

    /** Seconds of processor time, of its own and for it in the kernel. */
    static double seconds(long pid) {
        String stat = read(process(pid).resolve("stat"));
        // The name, which may hold anything, is in parentheses; after it the 12th and 13th fields are user's and
        // system's.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length < 13 ? 0 : (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    static long parent(long pid) {
        return (long) number(read(process(pid).resolve("status")), "PPid");
    }

    private static Path process(long pid) {
        return PROC.resolve(Long.toString(pid));
    }

    private static double number(String text, String field) {
        return text.lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
