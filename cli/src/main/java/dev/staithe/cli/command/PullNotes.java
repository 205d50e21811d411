package dev.staithe.cli.command;

import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.time.Duration;
import java.util.List;

/**
 * How far the images have come for which waiting tasks wait. The one thing that waiting commands ask for again and again: a
 * stream shows what is stored, and this never is. Asked on a terminal only, once a second, and not missed when there is no answer.
 */
final class PullNotes {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int MOST_ASKED = 20;

    private final Session session;
    private long askedAt;
    private boolean asked;
    private String text = "";

    PullNotes(Session session) {
        this.session = session;
    }

    /** ", app: pulling 12.3 MB of 45.6 MB", or nothing. */
    String of(List<Task> tasks) {
        List<String> pending = tasks.stream()
                .filter(task -> task.getLastStatus().equals("PENDING"))
                .map(Task::getTaskId)
                .limit(MOST_ASKED)
                .toList();
        if (pending.isEmpty() || !session.screen().live()) {
            return "";
        }
        long now = session.environment().time().nanos();
        if (!asked || now - askedAt >= EVERY.toNanos()) {
            asked = true;
            askedAt = now;
            text = ask(pending);
        }
        return text.isEmpty() ? "" : ", " + text;
    }

    private String ask(List<String> pending) {
        try {
            return TaskView.pulls(session.controlPlane()
                    .call(
                            TasksGrpc::newBlockingStub,
                            api -> api.describe(DescribeTasksRequest.newBuilder()
                                    .setCluster(session.cluster())
                                    .addAllTasks(pending)
                                    .build()))
                    .getTasksList());
        } catch (Refusal unanswered) {
            return "";
        }
    }
}
