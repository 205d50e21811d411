package dev.staithe.sim;

import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.TaskReport;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The session's messages in a line of the trace. */
final class Messages {
    private Messages() {}

    static String brief(AgentMessage message) {
        String text = switch (message.getKindCase()) {
            case HELLO ->
                "Hello incarnation " + message.getHello().getIncarnation() + " epoch "
                        + message.getHello().getHighestEpoch() + " sequence "
                        + message.getHello().getLastSequence()
                        + reports(message.getHello().getInventoryList());
            case APPLIED ->
                "Applied " + message.getApplied().getEpoch() + "/"
                        + message.getApplied().getSequence();
            case REPORT ->
                "Report " + message.getReport().getNumber()
                        + reports(message.getReport().getTasksList());
            case BEAT ->
                "Beat " + message.getBeat().getEpoch() + "/"
                        + message.getBeat().getSequence()
                        + (message.getBeat().getEngineHealthy() ? "" : " engine down");
            case ANSWER -> "Answer " + message.getAnswer().getId();
            case RESYNC -> "Resync " + message.getResync().getWhy();
            case FETCH -> "Fetch " + message.getFetch().getId();
            case KIND_NOT_SET -> "nothing";
        };
        return "up: " + text + check(message.toByteArray());
    }

    static String brief(ControlMessage message) {
        String text = switch (message.getKindCase()) {
            case WELCOME -> "Welcome epoch " + message.getWelcome().getEpoch();
            case SNAPSHOT ->
                "Snapshot " + message.getSnapshot().getEpoch() + "/"
                        + message.getSnapshot().getSequence()
                        + tasks(message.getSnapshot().getTasksList())
                        + gone(message.getSnapshot().getConfirmedGoneList());
            case DELTA ->
                "Delta " + message.getDelta().getEpoch() + "/"
                        + message.getDelta().getBaseSequence() + ">"
                        + message.getDelta().getSequence()
                        + tasks(message.getDelta().getUpsertsList())
                        + gone(message.getDelta().getConfirmedGoneList());
            case REPORT_ACK -> "ReportAck " + message.getReportAck().getNumber();
            case BEAT ->
                "Beat " + message.getBeat().getEpoch() + "/" + message.getBeat().getSequence();
            case ASK -> "Ask " + message.getAsk().getId();
            case REFUSED ->
                "Refused " + message.getRefused().getReason() + " leader "
                        + message.getRefused().getLeaderAddress();
            case FETCHED -> "Fetched " + message.getFetched().getId();
            case KIND_NOT_SET -> "nothing";
        };
        return "down: " + text + check(message.toByteArray());
    }

    /** Whether the session heals itself when the message is lost although the connection stands, as by a bug. */
    static boolean mayVanish(AgentMessage message) {
        return message.hasApplied() || message.hasBeat();
    }

    static boolean mayVanish(ControlMessage message) {
        return message.hasDelta() || message.hasBeat();
    }

    /** Whether it does no harm that the message comes twice. */
    static boolean mayRepeat(AgentMessage message) {
        return !message.hasHello() && !message.hasAnswer();
    }

    static boolean mayRepeat(ControlMessage message) {
        return !message.hasWelcome() && !message.hasRefused() && !message.hasAsk();
    }

    private static String reports(List<TaskReport> reports) {
        return reports.stream()
                .map(r -> brief(r.getTaskId()) + ":" + r.getStatus() + "@" + r.getObservation())
                .collect(Collectors.joining(" ", " [", "]"));
    }

    private static String tasks(List<AssignedTask> tasks) {
        return tasks.stream()
                .map(t -> brief(t.getTaskId()) + ":" + t.getDesiredStatus())
                .collect(Collectors.joining(" ", " [", "]"));
    }

    private static String gone(List<String> ids) {
        return ids.isEmpty() ? "" : ids.stream().map(Messages::brief).collect(Collectors.joining(" ", " gone [", "]"));
    }

    /** The first digits of an id. */
    static String brief(String id) {
        return id.substring(0, Math.min(6, id.length()));
    }

    private static String check(byte[] bytes) {
        return String.format(" #%08x", Arrays.hashCode(bytes));
    }
}
