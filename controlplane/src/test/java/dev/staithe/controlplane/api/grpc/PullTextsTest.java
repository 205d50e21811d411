package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.PullProgress;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for another thread is ended by the time-out. */
@Timeout(60)
final class PullTextsTest {
    private static final String PENDING = "a".repeat(32);
    private static final String RUNNING = "b".repeat(32);

    private final List<Ask> asked = new ArrayList<>();
    private final Edge edge;
    private final TasksGrpc.TasksBlockingStub tasks;

    PullTextsTest() throws Exception {
        edge = new Edge();
        tasks = Edge.patient(TasksGrpc.newBlockingStub(edge.channel()));
        Service web = edge.world.created("web", 1);
        edge.world.put(World.task(web, PENDING, TaskStatus.PENDING));
        edge.world.put(World.task(web, RUNNING, TaskStatus.RUNNING));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void showsHowFarTheImageOfAPendingTaskHasCome() {
        List<Task> shown = added(Answer.newBuilder()
                .setEnd(true)
                .addPulls(PullProgress.newBuilder()
                        .setTaskId(PENDING)
                        .setContainer("main")
                        .setText("pulling 12.3 MB of 45.6 MB"))
                .build());

        assertThat(asked.getFirst().getPulls().getTaskIdsList()).containsExactly(PENDING);
        assertThat(shown)
                .extracting(task -> task.getContainers(0).getPullProgress())
                .containsExactly("pulling 12.3 MB of 45.6 MB", "");
    }

    @Test
    void doesWithoutAHostThatIsNotConnected() {
        assertThat(added(Answers.failure("not connected")))
                .extracting(task -> task.getContainers(0).getPullProgress())
                .containsOnly("");
    }

    @Test
    void doesWithoutAHostThatDoesNotAnswer() {
        assertThat(describe().getTasks(0).getContainers(0).getPullProgress()).isEmpty();
        assertThat(edge.hosts.cancelled).hasSize(1);
    }

    @Test
    void asksNobodyWhenNothingIsPending() {
        tasks.describe(DescribeTasksRequest.newBuilder().addTasks(RUNNING).build());

        assertThat(edge.hosts.asked).isEmpty();
    }

    /** A pending and a running task of a host that answers at once. */
    private List<Task> added(Answer answer) {
        AgentQuestions host = (instance, ask, answers) -> {
            asked.add(ask);
            answers.answered(answer);
            return AgentSessions.Asking.OVER;
        };
        return new PullTexts(Edge.directLoop(), host, edge.world.environment.effects())
                .added(List.of(task(PENDING, "PENDING"), task(RUNNING, "RUNNING")));
    }

    private static Task task(String id, String status) {
        return Task.newBuilder()
                .setTaskId(id)
                .setLastStatus(status)
                .setContainerInstance("1".repeat(32))
                .addContainers(Container.newBuilder().setName("main"))
                .build();
    }

    private DescribeTasksResponse describe() {
        return tasks.describe(DescribeTasksRequest.newBuilder()
                .addTasks(PENDING)
                .addTasks(RUNNING)
                .build());
    }
}
