package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.ClusterEvent;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.WatchClusterRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EventCommandsTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();
    private final List<WatchClusterRequest> asked = new ArrayList<>();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    /** Each list is what one stream says before it breaks; the last one ends the command, which nothing else would. */
    @SafeVarargs
    private void tells(List<Object>... streams) {
        controlPlane.stream(EventsGrpc.getWatchClusterMethod(), (request, answers) -> {
            asked.add(request);
            for (Object answer : streams[asked.size() - 1]) {
                switch (answer) {
                    case ClusterEvent event -> answers.onNext(event);
                    default -> throw (RuntimeException) answer;
                }
            }
            throw FakeControlPlane.refusal(Status.Code.NOT_FOUND, "CLUSTER_NOT_FOUND", "Cluster not found: default");
        });
    }

    @Test
    void showsALineForEachEvent() {
        tells(List.of(
                bookmark("41"),
                task("42-0", "PENDING", ""),
                instance("42-1"),
                task("43-0", "RUNNING", ""),
                task("44-0", "STOPPED", "Essential container in task exited"),
                service("45-0", "INFO", "SERVICE_STEADY_STATE", "(service web) has reached a steady state."),
                deployment("46-0")));

        Typed typed = Typed.run(controlPlane, "event", "watch");

        Golden.check("event-watch", typed.out());
        assertThat(typed.exitCode()).isEqualTo(7);
    }

    @Test
    void asksForTheTypesAndTheServiceThatWereTyped() {
        tells(List.of());

        Typed.run(controlPlane, "event", "watch", "--type", "task,deployment", "--service", "web");

        assertThat(asked)
                .containsExactly(WatchClusterRequest.newBuilder()
                        .setCluster("default")
                        .addDetailTypes("ECS Task State Change")
                        .addDetailTypes("ECS Deployment State Change")
                        .setService("web")
                        .build());
    }

    @Test
    void goesOnWhereItWasWhenItsControlPlaneGoesAway() {
        tells(
                List.of(bookmark("41"), task("42-0", "PENDING", ""), Status.UNAVAILABLE.asRuntimeException()),
                List.of(bookmark("42-0"), task("43-0", "RUNNING", "")));

        Typed typed = Typed.run(controlPlane, "event", "watch", "-o", "name");

        assertThat(asked).extracting(WatchClusterRequest::getAfter).containsExactly("", "42-0");
        assertThat(typed.out().lines()).containsExactly("42-0", "43-0");
    }

    @Test
    void saysThatEventsMayBeMissingAndGoesOn() {
        tells(
                List.of(bookmark("41"), Status.UNAVAILABLE.asRuntimeException()),
                List.of(FakeControlPlane.refusal(Status.Code.OUT_OF_RANGE, "EVENTS_GONE", "after: ...")),
                List.of(bookmark("99"), task("100-0", "RUNNING", "")));

        Typed typed = Typed.run(controlPlane, "event", "watch", "-o", "name");

        assertThat(asked).extracting(WatchClusterRequest::getAfter).containsExactly("", "41", "");
        assertThat(typed.err()).contains("note: some events may be missing here");
        assertThat(typed.out().lines()).containsExactly("100-0");
    }

    @Test
    void printsOneJsonObjectALine() {
        tells(List.of(bookmark("41"), service("45-0", "INFO", "SERVICE_STEADY_STATE", "steady")));

        Typed typed = Typed.run(controlPlane, "event", "watch", "-o", "json");

        assertThat(typed.out().lines())
                .singleElement()
                .asString()
                .contains("\"detailType\":\"ECS Service Action\"", "\"eventName\":\"SERVICE_STEADY_STATE\"");
    }

    @Test
    void namesTheTypesThereAre() {
        Typed typed = Typed.run(controlPlane, "event", "watch", "--type", "tusk");

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).contains("[task, instance, service, deployment, command]");
    }

    private static ClusterEvent bookmark(String id) {
        return ClusterEvent.newBuilder().setId(id).build();
    }

    private static ClusterEvent task(String id, String status, String reason) {
        return event(
                id,
                "ECS Task State Change",
                Struct.newBuilder()
                        .putFields("taskId", text("9f3ac2d1" + "0".repeat(24)))
                        .putFields("taskDefinition", text("web:2"))
                        .putFields("group", text("service:web"))
                        .putFields("hostName", text("host-a"))
                        .putFields("lastStatus", text(status))
                        .putFields("desiredStatus", text(reason.isEmpty() ? "RUNNING" : "STOPPED"))
                        .putFields("healthStatus", text(status.equals("RUNNING") ? "HEALTHY" : "UNKNOWN"))
                        .putFields("stopCode", text(reason.isEmpty() ? "" : "EssentialContainerExited"))
                        .putFields("stoppedReason", text(reason)));
    }

    private static ClusterEvent instance(String id) {
        return event(
                id,
                "ECS Container Instance State Change",
                Struct.newBuilder()
                        .putFields("hostName", text("host-a"))
                        .putFields("status", text("ACTIVE"))
                        .putFields(
                                "agentConnected",
                                Value.newBuilder().setBoolValue(true).build())
                        .putFields("runningTasksCount", number(2))
                        .putFields("pendingTasksCount", number(1))
                        .putFields(
                                "remainingResources",
                                Value.newBuilder()
                                        .setListValue(ListValue.newBuilder()
                                                .addValues(resource("CPU", 1024))
                                                .addValues(resource("MEMORY", 1536)))
                                        .build()));
    }

    private static Value resource(String name, long amount) {
        return Value.newBuilder()
                .setStructValue(
                        Struct.newBuilder().putFields("name", text(name)).putFields("integerValue", number(amount)))
                .build();
    }

    private static ClusterEvent service(String id, String level, String name, String message) {
        return event(
                id,
                "ECS Service Action",
                Struct.newBuilder()
                        .putFields("serviceName", text("web"))
                        .putFields("eventType", text(level))
                        .putFields("eventName", text(name))
                        .putFields("message", text(message)));
    }

    private static ClusterEvent deployment(String id) {
        return event(
                id,
                "ECS Deployment State Change",
                Struct.newBuilder()
                        .putFields("serviceName", text("web"))
                        .putFields("taskDefinition", text("web:2"))
                        .putFields("eventType", text("INFO"))
                        .putFields("eventName", text("SERVICE_DEPLOYMENT_COMPLETED"))
                        .putFields("reason", text("ECS deployment " + Scene.DEPLOYMENT + " completed.")));
    }

    private static ClusterEvent event(String id, String type, Struct.Builder detail) {
        return ClusterEvent.newBuilder()
                .setVersion("0")
                .setId(id)
                .setDetailType(type)
                .setSource("staithe")
                .setTime(Scene.ago(5))
                .setCluster("default")
                .setDetail(detail)
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(long number) {
        return Value.newBuilder().setNumberValue((double) number).build();
    }
}
