package dev.staithe.cli.render;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Rows under a heading, aligned, in at most {@link #WIDTH} columns: the widest column gives way. */
public final class Table {
    /** What fits beside a margin on the usual terminal. */
    public static final int WIDTH = 100;

    private static final int GAP = 2;
    private static final int NARROWEST = 8;

    private final List<String> heading;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heading) {
        this.heading = List.of(heading);
    }

    /** Adds a row with one cell for each column. */
    public Table row(Object... cells) {
        if (cells.length != heading.size()) {
            throw new IllegalArgumentException("cells: " + cells.length + " (expected: " + heading.size() + ")");
        }
        rows.add(Arrays.stream(cells).map(Table::cell).toList());
        return this;
    }

    /** The table, or the given text when it has no rows. */
    public String orElse(String empty) {
        return rows.isEmpty() ? empty : toString();
    }

    @Override
    public String toString() {
        return within(WIDTH);
    }

    /** The table in at most so many columns. */
    public String within(int width) {
        int[] widths = widths(width);
        List<ColumnData<List<String>>> columns = new ArrayList<>();
        for (int i = 0; i < heading.size(); i++) {
            int column = i;
            columns.add(new Column()
                    .header(heading.get(i))
                    .headerAlign(HorizontalAlign.LEFT)
                    .dataAlign(HorizontalAlign.LEFT)
                    .minWidth(widths[i] + GAP)
                    .maxWidth(widths[i] + GAP)
                    .with(row -> Page.cut(row.get(column), widths[column])));
        }
        String drawn = AsciiTable.builder()
                .border(AsciiTable.NO_BORDERS)
                .data(rows, columns)
                .asString();
        // Every cell is drawn with a blank on both sides.
        return drawn.lines()
                .map(line -> line.substring(Math.min(1, line.length())).stripTrailing())
                .collect(Collectors.joining("\n"));
    }

    private int[] widths(int width) {
        int[] widths = new int[heading.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = heading.get(i).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int excess = Arrays.stream(widths).sum() + GAP * (widths.length - 1) - width;
        while (excess > 0) {
            int widest = widest(widths);
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
            excess--;
        }
        return widths;
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int i = 1; i < widths.length; i++) {
            if (widths[i] >= widths[widest]) {
                widest = i;
            }
        }
        return widest;
    }

    private static String cell(Object value) {
        String text = String.valueOf(value).replaceAll("\\s+", " ").strip();
        return text.isEmpty() ? "-" : text;
    }
}
