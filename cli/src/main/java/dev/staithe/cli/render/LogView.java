package dev.staithe.cli.render;

import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.Task;
import java.util.Map;
import java.util.TreeMap;

/** Lines of several logs, each with where it comes from, in a colour of its own. */
public final class LogView {
    private static final String[] COLOURS = {"36", "33", "32", "35", "34", "96", "93", "92", "95", "94"};

    private final boolean colour;
    private final boolean oneTask;
    private final Map<String, Integer> seen = new TreeMap<>();

    private LogView(boolean colour, boolean oneTask) {
        this.colour = colour;
        this.oneTask = oneTask;
    }

    /** Of one task: "web/app | message". */
    public static LogView ofTask(boolean colour) {
        return new LogView(colour, true);
    }

    /** Of several tasks: "9f3ac2d1 | message", with the container when the task has several. */
    public static LogView ofTasks(boolean colour) {
        return new LogView(colour, false);
    }

    /** One line, with its origin. */
    public String line(Task task, LogLine line) {
        String origin = oneTask ? owner(task) + "/" + line.getContainer() : origin(task, line);
        String painted = colour
                ? "\u001b[" + colour(oneTask ? line.getContainer() : task.getTaskId()) + "m" + origin + "\u001b[0m"
                : origin;
        return painted + " | " + line.getMessage();
    }

    private static String origin(Task task, LogLine line) {
        String id = Words.shortId(task.getTaskId());
        return task.getContainersCount() > 1 ? id + "/" + line.getContainer() : id;
    }

    /** Its service, or its family, or the group that it was given. */
    private static String owner(Task task) {
        return task.getGroup().replaceFirst("^(service|family):", "");
    }

    private String colour(String of) {
        int number = seen.computeIfAbsent(of, unseen -> seen.size());
        return COLOURS[number % COLOURS.length];
    }
}
