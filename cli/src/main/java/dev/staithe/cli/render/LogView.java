package dev.staithe.cli.render;

import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.Task;
import java.util.Map;
import java.util.TreeMap;

/** Lines of several logs, each with the task it comes from, in a colour of its own. */
public final class LogView {
    private static final String[] COLOURS = {"36", "33", "32", "35", "34", "96", "93", "92", "95", "94"};

    private final boolean colour;
    private final Map<String, Integer> seen = new TreeMap<>();

    public LogView(boolean colour) {
        this.colour = colour;
    }

    /** "9f3ac2d1 | message", with the container when the task has several. */
    public String line(Task task, LogLine line) {
        String id = Words.shortId(task.getTaskId());
        String origin = task.getContainersCount() > 1 ? id + "/" + line.getContainer() : id;
        if (colour) {
            int number = seen.computeIfAbsent(task.getTaskId(), unseen -> seen.size());
            origin = "\u001b[" + COLOURS[number % COLOURS.length] + "m" + origin + "\u001b[0m";
        }
        return origin + " | " + line.getMessage();
    }
}
