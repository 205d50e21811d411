package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.api.grpc.Edge.Refusal;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.proto.v1.GetStatsRequest;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.StatsGrpc;
import dev.staithe.proto.v1.WatchStatsRequest;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for another thread is ended by the time-out. */
@Timeout(60)
final class StatsEndpointTest {
    private static final String RUNNING = "a".repeat(32);
    private static final String PENDING = "b".repeat(32);

    private final Edge edge;
    private final StatsGrpc.StatsBlockingStub stats;

    StatsEndpointTest() throws IntentException {
        edge = new Edge();
        stats = Edge.patient(StatsGrpc.newBlockingStub(edge.channel()));
        Service web = edge.world.created("web", 2);
        edge.world.created("other", 1);
        edge.world.put(World.task(web, RUNNING, TaskStatus.RUNNING));
        edge.world.put(World.task(web, PENDING, TaskStatus.PENDING));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void asksTheHostsOfTheTasksThatRun() throws Exception {
        CompletableFuture<GetStatsResponse> answer = get(GetStatsRequest.getDefaultInstance());
        Edge.Hosts.Asked asked = asked(1);
        assertThat(asked.instanceId()).isEqualTo("1".repeat(32));
        assertThat(asked.ask().getStats().getTaskIdsList()).containsExactly(RUNNING);

        say(1, figures(40));

        GetStatsResponse response = answer.get(30, TimeUnit.SECONDS);
        assertThat(response.getTasksList()).hasSize(1);
        assertThat(response.getTasks(0).getGroup()).isEqualTo("service:web");
        assertThat(response.getTasks(0).getContainers(0).getCpuPercent()).isEqualTo(40);
        assertThat(response.getSilentHostsList()).isEmpty();
        assertThat(edge.loop.timers()).isZero();
    }

    @Test
    void namesAHostThatIsNotConnected() throws Exception {
        CompletableFuture<GetStatsResponse> answer = get(GetStatsRequest.getDefaultInstance());

        say(1, Answers.failure("the agent is not connected"));

        GetStatsResponse response = answer.get(30, TimeUnit.SECONDS);
        assertThat(response.getTasksList()).isEmpty();
        assertThat(response.getSilentHosts(0).getReason()).isEqualTo("the agent is not connected");
    }

    @Test
    void waitsForNoHostLongerThanFiveSeconds() throws Exception {
        CompletableFuture<GetStatsResponse> answer = get(GetStatsRequest.getDefaultInstance());
        asked(1);

        elapse();

        GetStatsResponse response = answer.get(30, TimeUnit.SECONDS);
        assertThat(response.getSilentHosts(0).getReason()).isEqualTo("no answer within 5 s");
        assertThat(edge.hosts.cancelled).containsExactly("1".repeat(32));
    }

    @Test
    void looksAgainAtEveryInterval() {
        Iterator<GetStatsResponse> watch =
                stats.watch(WatchStatsRequest.newBuilder().setIntervalSeconds(1).build());
        watchIsOpen(watch, 10);
        elapse();
        watchIsOpen(watch, 20);
    }

    private void watchIsOpen(Iterator<GetStatsResponse> watch, int percent) {
        say(percent / 10, figures(percent));
        assertThat(watch.next().getTasks(0).getContainers(0).getCpuPercent()).isEqualTo(percent);
    }

    @Test
    void asksNobodyWhereNothingRuns() throws Exception {
        GetStatsResponse response =
                get(GetStatsRequest.newBuilder().setService("other").build()).get(30, TimeUnit.SECONDS);

        assertThat(response.getTasksList()).isEmpty();
        assertThat(edge.hosts.asked).isEmpty();
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(refusal(GetStatsRequest.newBuilder().setService("nothing").build())
                        .info()
                        .getReason())
                .isEqualTo("SERVICE_NOT_FOUND");
        assertThat(refusal(GetStatsRequest.newBuilder().setTask("ffff").build())
                        .info()
                        .getReason())
                .isEqualTo("TASK_NOT_FOUND");
        assertThat(refusal(GetStatsRequest.newBuilder()
                                .setContainerInstance("host")
                                .build())
                        .info()
                        .getReason())
                .isEqualTo("CONTAINER_INSTANCE_NOT_FOUND");
        assertThat(refusal(GetStatsRequest.newBuilder()
                                .setService("web")
                                .setTask(RUNNING)
                                .build())
                        .message())
                .isEqualTo("service, task, containerInstance: 2 given (expected: at most one of them)");
    }

    @Test
    void refusesAnIntervalThatIsNone() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stats.watch(WatchStatsRequest.newBuilder()
                                .setIntervalSeconds(61)
                                .build())
                        .next());

        assertThat(Refusal.of(failure).message()).isEqualTo("intervalSeconds: 61 (expected: 1-60)");
    }

    private Refusal refusal(GetStatsRequest request) {
        return Refusal.of(catchThrowableOfType(StatusRuntimeException.class, () -> stats.get(request)));
    }

    private CompletableFuture<GetStatsResponse> get(GetStatsRequest request) {
        return CompletableFuture.supplyAsync(() -> stats.get(request));
    }

    /** The question of that number, once it was asked. */
    private Edge.Hosts.Asked asked(int number) {
        while (edge.hosts.asked.size() < number) {
            Thread.onSpinWait();
        }
        return edge.hosts.asked.get(number - 1);
    }

    private void say(int number, Answer answer) {
        Edge.Hosts.Asked asked = asked(number);
        edge.loop.execute(() -> asked.answers().answered(answer));
    }

    /** Once a timer is set. */
    private void elapse() {
        while (edge.loop.timers() == 0) {
            Thread.onSpinWait();
        }
        edge.loop.elapse();
    }

    private static Answer figures(int percent) {
        return Answer.newBuilder()
                .addStats(ContainerStats.newBuilder()
                        .setTaskId(RUNNING)
                        .setContainer("main")
                        .setCpuPercent(percent))
                .setEnd(true)
                .build();
    }
}
