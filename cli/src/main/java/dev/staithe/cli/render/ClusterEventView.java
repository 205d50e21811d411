package dev.staithe.cli.render;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.staithe.proto.v1.ClusterEvent;
import java.time.Duration;
import java.util.Locale;

/** Events of a cluster for people: when, what about, who, and what; one line each. */
public final class ClusterEventView {
    private static final int ABOUT_WIDTH = 10;
    private static final int WHO_WIDTH = 26;

    private final boolean colour;

    public ClusterEventView(boolean colour) {
        this.colour = colour;
    }

    /** How much a reader should look at it. */
    private enum Tone {
        PLAIN(""),
        GOOD("32"),
        WARNING("33"),
        BAD("31");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /** "2026-03-01T12:00:00Z  task  9f3ac2d1 web:1  RUNNING on host-a". */
    public String line(ClusterEvent event) {
        Struct detail = event.getDetail();
        return switch (event.getDetailType()) {
            case "ECS Task State Change" ->
                line(
                        event,
                        "task",
                        Words.shortId(text(detail, "taskId")) + " " + text(detail, "taskDefinition"),
                        task(detail),
                        taskTone(detail));
            case "ECS Container Instance State Change" ->
                line(event, "instance", text(detail, "hostName"), instance(detail), instanceTone(detail));
            case "ECS Service Action" ->
                line(
                        event,
                        "service",
                        text(detail, "serviceName"),
                        text(detail, "message").replaceFirst("^\\(service [^)]*\\) ", ""),
                        tone(detail));
            case "ECS Deployment State Change" ->
                line(
                        event,
                        "deployment",
                        text(detail, "serviceName") + " to " + text(detail, "taskDefinition"),
                        text(detail, "reason"),
                        tone(detail));
            case "Staithe Command Execution" ->
                line(
                        event,
                        "command",
                        Words.shortId(text(detail, "taskId")) + " " + text(detail, "container"),
                        command(detail),
                        Tone.PLAIN);
            default -> line(event, event.getDetailType(), String.join(" ", event.getResourcesList()), "", Tone.PLAIN);
        };
    }

    private String line(ClusterEvent event, String about, String who, String what, Tone tone) {
        String painted = colour && tone != Tone.PLAIN ? "\u001b[" + tone.code + "m" + what + "\u001b[0m" : what;
        return (Words.time(event.getTime()) + "  " + pad(about, ABOUT_WIDTH) + "  " + pad(who, WHO_WIDTH) + "  "
                        + painted)
                .stripTrailing();
    }

    private static String task(Struct detail) {
        String status = text(detail, "lastStatus");
        String where = " on " + text(detail, "hostName") + of(text(detail, "group"));
        if (status.equals("STOPPED")) {
            String reason = text(detail, "stoppedReason");
            return status + where + (reason.isEmpty() ? "" : ": " + reason);
        }
        String health = text(detail, "healthStatus");
        return status
                + (health.isEmpty() || health.equals("UNKNOWN") ? "" : ", " + health)
                + (text(detail, "desiredStatus").equals("STOPPED")
                                && !status.equals("STOPPING")
                                && !status.equals("DEACTIVATING")
                        ? ", to be stopped"
                        : "")
                + where;
    }

    /** Who it is, nobody has checked: the caller says so. */
    private static String command(Struct detail) {
        String claimed = text(detail, "claimedUser");
        String who = " by " + (claimed.isEmpty() ? "" : claimed + " (so they say) at ") + text(detail, "callerAddress")
                + of(text(detail, "group"));
        if (text(detail, "eventName").equals("COMMAND_STARTED")) {
            return "run: " + text(detail, "command") + who;
        }
        String how = detail.containsFields("exitCode")
                ? "exit code " + number(detail, "exitCode")
                : "not known: " + text(detail, "reason");
        return "ended after " + Words.duration(Duration.ofMillis(number(detail, "durationMillis"))) + ", " + how + ": "
                + text(detail, "command") + who;
    }

    private static String of(String group) {
        return group.startsWith("service:") ? " for " + group.substring("service:".length()) : "";
    }

    private static Tone taskTone(Struct detail) {
        String code = text(detail, "stopCode");
        boolean failed = code.equals("TaskFailedToStart") || code.equals("EssentialContainerExited");
        return failed ? Tone.BAD : text(detail, "healthStatus").equals("UNHEALTHY") ? Tone.WARNING : Tone.PLAIN;
    }

    private static String instance(Struct detail) {
        return text(detail, "status") + ", agent " + (connected(detail) ? "connected" : "lost") + ", "
                + number(detail, "runningTasksCount") + " running, " + number(detail, "pendingTasksCount")
                + " pending, free: cpu " + remaining(detail, "CPU") + ", "
                + Words.memory(remaining(detail, "MEMORY"));
    }

    private static Tone instanceTone(Struct detail) {
        return connected(detail) ? Tone.PLAIN : Tone.WARNING;
    }

    private static boolean connected(Struct detail) {
        return detail.getFieldsOrDefault("agentConnected", Value.getDefaultInstance())
                .getBoolValue();
    }

    private static long remaining(Struct detail, String resource) {
        return detail
                .getFieldsOrDefault("remainingResources", Value.getDefaultInstance())
                .getListValue()
                .getValuesList()
                .stream()
                .map(Value::getStructValue)
                .filter(one -> text(one, "name").equals(resource))
                .mapToLong(one -> number(one, "integerValue"))
                .findFirst()
                .orElse(0);
    }

    private static Tone tone(Struct detail) {
        return switch (text(detail, "eventType").toUpperCase(Locale.ROOT)) {
            case "ERROR" -> Tone.BAD;
            case "WARN" -> Tone.WARNING;
            default ->
                text(detail, "eventName").endsWith("_STEADY_STATE")
                                || text(detail, "eventName").endsWith("_COMPLETED")
                        ? Tone.GOOD
                        : Tone.PLAIN;
        };
    }

    private static String text(Struct detail, String field) {
        return detail.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
    }

    private static long number(Struct detail, String field) {
        return Math.round(
                detail.getFieldsOrDefault(field, Value.getDefaultInstance()).getNumberValue());
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }
}
