package dev.staithe.cli.render;

import java.util.ArrayList;
import java.util.List;

/** Labelled paragraphs under each other, wrapped to {@link Table#WIDTH} columns. Append-only. */
public final class Page {
    private static final int MOST_LINES = 5;

    private final int labelWidth;
    private final StringBuilder text = new StringBuilder();

    /** @param labelWidth how many columns the labels take, the gap after them included */
    public Page(int labelWidth) {
        this.labelWidth = labelWidth;
    }

    /** A line on its own, from the margin. */
    public Page line(String line) {
        wrap(line, Table.WIDTH).forEach(part -> text.append(part).append('\n'));
        return this;
    }

    /** An empty line. */
    public Page gap() {
        text.append('\n');
        return this;
    }

    /** A label and what it stands for; nothing when that is empty. What is very long is cut. */
    public Page field(String label, String value) {
        if (!value.isBlank()) {
            lines(label, wrap(value.strip(), width()));
        }
        return this;
    }

    /** A label and the lines it stands for, each cut to fit; nothing when there are none. */
    public Page lines(String label, List<String> lines) {
        return whole(label, lines.stream().map(line -> cut(line, width())).toList());
    }

    /** A label and the lines it stands for, none of which may be cut: commands are there to be copied. */
    public Page whole(String label, List<String> lines) {
        String lead = label;
        for (String line : lines) {
            text.append(lead).append(" ".repeat(Math.max(1, labelWidth - lead.length())));
            text.append(line).append('\n');
            lead = "";
        }
        return this;
    }

    /** How many columns are left beside the labels. */
    public int width() {
        return Table.WIDTH - labelWidth;
    }

    /** The line, cut to {@link Table#WIDTH}. */
    public static String cut(String line) {
        return cut(line, Table.WIDTH);
    }

    /** The line, cut to a width. */
    static String cut(String line, int width) {
        String plain = line.replace('\t', ' ').stripTrailing();
        return plain.length() <= width ? plain : plain.substring(0, width - 3) + "...";
    }

    private static List<String> wrap(String value, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : value.replaceAll("\\s+", " ").split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        if (lines.size() > MOST_LINES) {
            List<String> first = new ArrayList<>(lines.subList(0, MOST_LINES));
            first.set(MOST_LINES - 1, first.get(MOST_LINES - 1) + " ...");
            return first;
        }
        return lines;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
