package dev.staithe.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Report;
import dev.staithe.proto.agent.v1.TaskReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final Outbox outbox = new Outbox(world.loop(), world);
    private final List<Report> sent = new ArrayList<>();

    @Test
    void theFirstChangeAfterAQuietWhileGoesAtOnce() {
        connect();

        outbox.offer(report("a", 1, "RUNNING"));

        assertThat(sent).hasSize(1);
    }

    @Test
    void whatComesCloseUponItTravelsTogether() {
        connect();
        outbox.offer(report("a", 1, "RUNNING"));

        outbox.offer(report("b", 1, "RUNNING"));
        outbox.offer(report("c", 1, "STOPPED"));
        outbox.offer(report("b", 2, "STOPPED"));
        assertThat(sent).hasSize(1);
        world.run(Duration.ofMillis(50));

        assertThat(sent).hasSize(2);
        assertThat(sent.getLast().getTasksList()).containsExactly(report("b", 2, "STOPPED"), report("c", 1, "STOPPED"));
    }

    @Test
    void progressIsInNoHurryAndIsOvertakenByItsEnd() {
        connect();

        outbox.offer(report("a", 1, "PENDING"));
        world.run(Duration.ofMillis(300));
        assertThat(sent).isEmpty();
        outbox.offer(report("a", 2, "RUNNING"));

        assertThat(sent).hasSize(1);
        world.run(Duration.ofSeconds(2));
        assertThat(sent).hasSize(1);
    }

    @Test
    void slowProgressIsTold() {
        connect();

        outbox.offer(report("a", 1, "PENDING"));
        world.run(Duration.ofSeconds(1));

        assertThat(sent).hasSize(1);
    }

    @Test
    void keepsTheNewestWhileThereIsNoSession() {
        outbox.offer(report("a", 1, "RUNNING"));
        outbox.offer(report("a", 2, "STOPPED"));
        outbox.offer(report("a", 1, "RUNNING"));

        connect();

        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().getTasksList()).containsExactly(report("a", 2, "STOPPED"));
    }

    @Test
    void sendsAgainInTheNextSessionWhatWasNotAcknowledged() {
        connect();
        outbox.offer(report("a", 1, "RUNNING"));
        world.run(Duration.ofSeconds(1));
        outbox.offer(report("b", 1, "RUNNING"));
        outbox.acknowledged(sent.getFirst().getNumber());

        outbox.disconnected();
        connect();

        assertThat(sent).hasSize(3);
        assertThat(sent.getLast().getTasksList()).containsExactly(report("b", 1, "RUNNING"));
    }

    @Test
    void anAnswerCoversEveryReportBeforeIt() {
        connect();
        outbox.offer(report("a", 1, "RUNNING"));
        world.run(Duration.ofSeconds(1));
        outbox.offer(report("b", 1, "RUNNING"));

        outbox.acknowledged(sent.getLast().getNumber());
        world.run(Duration.ofSeconds(10));
        outbox.retry();

        assertThat(sent).hasSize(2);
    }

    @Test
    void sendsAgainWhenTheAnswerTakesLong() {
        connect();
        outbox.offer(report("a", 1, "RUNNING"));

        world.run(Duration.ofSeconds(9));
        outbox.retry();
        assertThat(sent).hasSize(1);
        world.run(Duration.ofSeconds(1));
        outbox.retry();

        assertThat(sent).hasSize(2);
        assertThat(sent.getLast().getNumber()).isNotEqualTo(sent.getFirst().getNumber());
    }

    @Test
    void aReportIsBoundedInTasks() {
        for (int i = 0; i < 250; i++) {
            outbox.offer(report("task-" + i, 1, "RUNNING"));
        }

        connect();

        assertThat(sent).extracting(Report::getTasksCount).containsExactly(100, 100, 50);
    }

    private void connect() {
        outbox.connected((AgentMessage message) -> sent.add(message.getReport()));
    }

    private static TaskReport report(String task, long observation, String status) {
        return TaskReport.newBuilder()
                .setTaskId(task)
                .setObservation(observation)
                .setStatus(status)
                .build();
    }
}
