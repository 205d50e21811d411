package dev.staithe.cli.render;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A text that is drawn again where it stands. What is higher than the terminal is cut. Nothing has to be put right when the
 * process ends in between: the last text stays.
 */
public final class Redrawn {
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";
    private static final int USUAL_LINES = 24;

    private final PrintStream to;
    private int drawn;

    public Redrawn(PrintStream to) {
        this.to = to;
    }

    public void draw(String text) {
        int most = Math.max(2, terminalLines() - 1);
        List<String> lines = text.lines().toList();
        List<String> shown = lines.size() <= most ? lines : lines.subList(0, most - 1);
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append("\u001b[%dA\r".formatted(drawn));
        }
        frame.append(shown.stream().map(line -> line + REST_OF_LINE + "\n").collect(Collectors.joining()));
        drawn = shown.size();
        if (shown.size() < lines.size()) {
            frame.append("... ")
                    .append(Words.count((long) lines.size() - shown.size(), "more line"))
                    .append(REST_OF_LINE)
                    .append('\n');
            drawn++;
        }
        to.print(frame.append(REST_OF_SCREEN));
        to.flush();
    }

    /** The terminal's height now: it may have been made smaller since the last time. */
    private static int terminalLines() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split(" ", -1);
            int lines = Integer.parseInt(size[0]);
            return lines > 0 ? lines : USUAL_LINES;
        } catch (IOException | NumberFormatException notATerminal) {
            return USUAL_LINES;
        }
    }
}
