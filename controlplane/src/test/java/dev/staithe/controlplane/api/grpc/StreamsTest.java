package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.api.grpc.Edge.Refusal;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.proto.v1.ClusterEvent;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.WatchClusterRequest;
import dev.staithe.proto.v1.WatchEventsRequest;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for another thread is ended by the time-out. */
@Timeout(60)
final class StreamsTest {
    private static final String TASK = "a".repeat(32);
    private static final WatchServiceRequest WEB =
            WatchServiceRequest.newBuilder().setService("web").build();

    private final Edge edge;
    private final ServicesGrpc.ServicesBlockingStub services;
    private final EventsGrpc.EventsBlockingStub events;
    private final LogsGrpc.LogsBlockingStub logs;

    StreamsTest() throws Exception {
        edge = new Edge();
        services = Edge.patient(ServicesGrpc.newBlockingStub(edge.channel()));
        events = Edge.patient(EventsGrpc.newBlockingStub(edge.channel()));
        logs = Edge.patient(LogsGrpc.newBlockingStub(edge.channel()));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void showsAServiceNowAndAfterEachChangeThatConcernsIt() throws IntentException {
        Service web = edge.world.created("web", 1);
        Iterator<WatchServiceResponse> watch = services.watch(WEB);
        assertThat(watch.next().getService().getDesiredCount()).isEqualTo(1);

        edge.world.created("other", 1);
        edge.view.publish();
        edge.world.put(World.task(web, TASK, TaskStatus.PENDING));
        edge.view.publish();
        assertThat(watch.next().getTasks(0).getLastStatus()).isEqualTo("PENDING");

        scale(3);
        edge.view.publish();
        assertThat(watch.next().getService().getDesiredCount()).isEqualTo(3);
    }

    @Test
    void showsTasksNowAndAfterEachChangeOfOneOfThem() throws IntentException {
        Service web = edge.world.created("web", 1);
        Iterator<DescribeTasksResponse> watch = Edge.patient(TasksGrpc.newBlockingStub(edge.channel()))
                .watch(DescribeTasksRequest.newBuilder().addTasks(TASK).build());
        assertThat(watch.next().getFailures(0).getReason()).isEqualTo("MISSING");

        edge.world.put(World.task(web, TASK, TaskStatus.PENDING));
        edge.view.publish();
        assertThat(watch.next().getTasks(0).getLastStatus()).isEqualTo("PENDING");

        edge.world.created("other", 1);
        edge.view.publish();
        edge.world.put(World.task(web, TASK, TaskStatus.RUNNING));
        edge.view.publish();
        assertThat(watch.next().getTasks(0).getLastStatus()).isEqualTo("RUNNING");
    }

    @Test
    void endsAWatchOfWhatIsNotThere() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> services.watch(WEB).next());

        assertThat(Refusal.of(failure).info().getReason()).isEqualTo("SERVICE_NOT_FOUND");
    }

    @Test
    void forgetsAWatcherWhoHasGone() throws IntentException {
        edge.world.created("web", 1);
        Context.CancellableContext caller = Context.current().withCancellation();
        caller.run(() -> services.watch(WEB).next());
        assertThat(edge.view.subscribers()).isEqualTo(1);

        caller.cancel(null);

        while (edge.view.subscribers() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void tellsEveryEventOnceTheOldestFirst() throws IntentException {
        Service web = edge.world.created("web", 1);
        edge.world.put(event(web, 1));
        edge.world.put(event(web, 2));
        Iterator<dev.staithe.proto.v1.ServiceEvent> watch =
                events.watch(WatchEventsRequest.newBuilder().setService("web").build());
        assertThat(watch.next().getMessage()).isEqualTo("event 1");
        assertThat(watch.next().getMessage()).isEqualTo("event 2");

        edge.view.publish();
        edge.world.put(event(web, 3));
        edge.world.put(event(web, 4));
        edge.view.publish();

        assertThat(watch.next().getMessage()).isEqualTo("event 3");
        assertThat(watch.next().getMessage()).isEqualTo("event 4");
    }

    @Test
    void losesNoEventOfASlowWatcher() throws IntentException {
        Service web = edge.world.created("web", 1);
        int many = 3000;
        for (int number = 1; number <= many; number++) {
            edge.world.put(event(web, number));
        }

        Iterator<dev.staithe.proto.v1.ServiceEvent> watch =
                events.watch(WatchEventsRequest.newBuilder().setService("web").build());

        for (int number = 1; number <= many; number++) {
            assertThat(watch.next().getMessage()).isEqualTo("event " + number);
        }
    }

    @Test
    void tellsWhatHappensInAClusterFromNowOn() throws IntentException {
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.manual.run();
        Iterator<ClusterEvent> watch = events.watchCluster(WatchClusterRequest.getDefaultInstance());
        ClusterEvent bookmark = watch.next();
        assertThat(bookmark.getDetailType()).isEmpty();
        assertThat(bookmark.getId()).isNotEmpty();

        Service web = edge.world.created("web", 1);
        edge.world.put(World.task(web, TASK, TaskStatus.PENDING));
        edge.world.manual.run();

        ClusterEvent task = watch.next();
        assertThat(task.getDetailType()).isEqualTo("ECS Task State Change");
        assertThat(task.getResourcesList()).containsExactly("task/" + TASK);
        assertThat(task.getDetail().getFieldsOrThrow("lastStatus").getStringValue())
                .isEqualTo("PENDING");
        assertThat(task.getDetail().getFieldsOrThrow("hostName").getStringValue())
                .isEqualTo("host-a");
        ClusterEvent host = watch.next();
        assertThat(host.getDetailType()).isEqualTo("ECS Container Instance State Change");
        assertThat(host.getDetail().getFieldsOrThrow("pendingTasksCount").getNumberValue())
                .isEqualTo(1);
    }

    @Test
    void goesOnAfterAnEventAndTellsWhatWasAskedFor() throws IntentException {
        String begin = events.watchCluster(WatchClusterRequest.getDefaultInstance())
                .next()
                .getId();
        Service web = edge.world.created("web", 1);
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.task(edge.world.created("other", 1), "b".repeat(32), TaskStatus.PENDING));
        edge.world.put(World.task(web, TASK, TaskStatus.PENDING));
        edge.world.manual.run();

        Iterator<ClusterEvent> watch = events.watchCluster(WatchClusterRequest.newBuilder()
                .setAfter(begin)
                .addDetailTypes("ECS Task State Change")
                .setService("web")
                .build());

        assertThat(watch.next().getId()).isEqualTo(begin);
        assertThat(watch.next().getResourcesList()).containsExactly("task/" + TASK);
    }

    @Test
    void givesAWatcherABookmarkWhenMuchGoesByThatItDidNotAskFor() throws IntentException {
        Service web = edge.world.created("web", 1);
        Iterator<ClusterEvent> watch = events.watchCluster(WatchClusterRequest.newBuilder()
                .addDetailTypes("ECS Service Action")
                .build());
        String begin = watch.next().getId();
        for (int i = 0; i < 600; i++) {
            edge.world.put(World.task(web, TASK, TaskStatus.PENDING).marked(Task.Marks.NONE.protectedUntil(i)));
        }
        edge.world.manual.run();

        ClusterEvent next = watch.next();

        assertThat(next.getDetailType()).isEmpty();
        assertThat(next.getId()).isNotEqualTo(begin);
    }

    @Test
    void tellsAWatcherThatSomeOfWhatHappenedIsNotKnownAnyMore() {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> {
            Iterator<ClusterEvent> watch = events.watchCluster(
                    WatchClusterRequest.newBuilder().setAfter("1").build());
            watch.next();
            watch.next();
        });

        assertThat(Refusal.of(failure).code()).isEqualTo("OUT_OF_RANGE");
        assertThat(Refusal.of(failure).info().getReason()).isEqualTo("EVENTS_GONE");
    }

    @Test
    void refusesATypeOfEventThatThereIsNot() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> events.watchCluster(WatchClusterRequest.newBuilder()
                                .addDetailTypes("task")
                                .build())
                        .next());

        assertThat(Refusal.of(failure).message())
                .isEqualTo("detailTypes[0]: task (expected: ECS Task State Change, ECS Container Instance State Change,"
                        + " ECS Service Action, ECS Deployment State Change, Staithe Command Execution)");
    }

    @Test
    void bringsTheLinesOfATask() throws IntentException {
        startTask();
        Iterator<LogLine> lines = logs.read(ReadLogsRequest.newBuilder()
                .setTask("aaaa")
                .setTail(10)
                .setFollow(true)
                .build());
        Edge.Hosts.Asked asked = asked();
        assertThat(asked.instanceId()).isEqualTo("1".repeat(32));
        assertThat(asked.ask().getLogs().getTaskId()).isEqualTo(TASK);
        assertThat(asked.ask().getLogs().getTail()).isEqualTo(10);
        assertThat(asked.ask().getLogs().getFollow()).isTrue();

        asked.answers()
                .answered(Answer.newBuilder()
                        .addLogs(chunk("one", false))
                        .addLogs(chunk("two", true))
                        .build());
        asked.answers().answered(Answers.failure(""));

        List<LogLine> all = new ArrayList<>();
        lines.forEachRemaining(all::add);
        assertThat(all).extracting(LogLine::getMessage).containsExactly("one", "two");
        assertThat(all).extracting(LogLine::getStream).containsExactly("stdout", "stderr");
        assertThat(all.getFirst().getTask()).isEqualTo(TASK);
    }

    @Test
    void saysThatTheHostCannotBeReached() throws IntentException {
        startTask();
        Iterator<LogLine> lines =
                logs.read(ReadLogsRequest.newBuilder().setTask(TASK).build());
        asked().answers().answered(Answers.failure("the agent of host-a is not connected"));

        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, lines::next);

        assertThat(Refusal.of(failure).info().getReason()).isEqualTo("AGENT_UNREACHABLE");
    }

    @Test
    void refusesAContainerThatTheTaskDoesNotHave() throws IntentException {
        startTask();

        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> logs.read(ReadLogsRequest.newBuilder()
                                .setTask(TASK)
                                .setContainer("side")
                                .build())
                        .next());

        assertThat(Refusal.of(failure).message()).isEqualTo("container: side (expected: main)");
    }

    private void startTask() throws IntentException {
        edge.world.put(World.task(edge.world.created("web", 1), TASK, TaskStatus.RUNNING));
    }

    /** The question reaches the host on a thread of the server's. */
    private Edge.Hosts.Asked asked() {
        while (edge.hosts.asked.isEmpty()) {
            Thread.onSpinWait();
        }
        return edge.hosts.asked.getFirst();
    }

    private void scale(int count) throws IntentException {
        edge.world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setDesiredCount(count)
                        .build(),
                edge.world.state());
    }

    private static ServiceEvent event(Service service, long number) {
        return new ServiceEvent("e" + number, service.cluster(), service.uid(), number, number, "event " + number, "");
    }

    private static LogChunk chunk(String message, boolean stderr) {
        return LogChunk.newBuilder()
                .setContainer("main")
                .setMessage(message)
                .setStderr(stderr)
                .setTimeMs(1)
                .build();
    }
}
