package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.staithe.controlplane.events.ClusterEvent;
import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.events.Position;
import java.util.List;

/** Events of a cluster as users see them: in ECS's envelope, with the details that ECS gives for their type. */
final class EventMessages {
    static final String TASK = "ECS Task State Change";
    static final String INSTANCE = "ECS Container Instance State Change";
    static final String SERVICE = "ECS Service Action";
    static final String DEPLOYMENT = "ECS Deployment State Change";

    /** Not one of ECS's, which has this in its audit log. */
    static final String COMMAND = "Staithe Command Execution";

    static final List<String> TYPES = List.of(TASK, INSTANCE, SERVICE, DEPLOYMENT, COMMAND);

    private EventMessages() {}

    static String type(Subject subject) {
        return switch (subject) {
            case Subject.TaskChanged task -> TASK;
            case Subject.InstanceChanged instance -> INSTANCE;
            case Subject.ServiceAction action -> SERVICE;
            case Subject.DeploymentChanged deployment -> DEPLOYMENT;
            case Subject.CommandRun command -> COMMAND;
        };
    }

    static dev.staithe.proto.v1.ClusterEvent of(ClusterEvent event) {
        return bookmark(event.position()).toBuilder()
                .setVersion("0")
                .setDetailType(type(event.subject()))
                .setSource("staithe")
                .setTime(Requests.timestamp(event.atMillis()))
                .setCluster(event.subject().cluster())
                .addResources(resource(event.subject()))
                .setDetail(detail(event))
                .build();
    }

    /** Only the place in the stream. */
    static dev.staithe.proto.v1.ClusterEvent bookmark(Position position) {
        return dev.staithe.proto.v1.ClusterEvent.newBuilder()
                .setId(position.toString())
                .build();
    }

    private static String resource(Subject subject) {
        return switch (subject) {
            case Subject.TaskChanged task -> "task/" + task.task().id();
            case Subject.InstanceChanged instance ->
                "container-instance/" + instance.instance().id();
            case Subject.ServiceAction action -> "service/" + action.of().name();
            case Subject.DeploymentChanged deployment ->
                "service/" + deployment.deployment().serviceName();
            case Subject.CommandRun command -> "task/" + command.task().id();
        };
    }

    private static Struct detail(ClusterEvent event) {
        Value at = Structs.time(Requests.timestamp(event.atMillis()));
        return switch (event.subject()) {
            case Subject.TaskChanged task ->
                Structs.of(TaskMessages.of(event.state(), task.task()))
                        .putFields("updatedAt", at)
                        .build();
            case Subject.InstanceChanged instance ->
                Structs.of(Instances.message(event.state(), instance.instance()))
                        .putFields("updatedAt", at)
                        .build();
            case Subject.ServiceAction action -> action(action, at);
            case Subject.DeploymentChanged change ->
                named(change.level(), change.name())
                        .putFields(
                                "deploymentId", Structs.text(change.deployment().id()))
                        .putFields(
                                "serviceName", Structs.text(change.deployment().serviceName()))
                        .putFields(
                                "taskDefinition",
                                Structs.text(
                                        change.deployment().taskDefinition().toString()))
                        .putFields("updatedAt", at)
                        .putFields("reason", Structs.text(change.deployment().rolloutReason()))
                        .build();
            case Subject.CommandRun run -> command(run);
        };
    }

    private static Struct action(Subject.ServiceAction action, Value at) {
        Struct.Builder detail = named(action.level(), action.name())
                .putFields("serviceName", Structs.text(action.of().name()))
                .putFields("desiredCount", Structs.number(action.of().desired()))
                .putFields("message", Structs.text(action.message()))
                .putFields("createdAt", at);
        if (!action.reason().isEmpty()) {
            detail.putFields("reason", Structs.text(action.reason()));
        }
        return detail.build();
    }

    private static Struct command(Subject.CommandRun run) {
        ClusterEvent.Command command = run.command();
        Struct.Builder detail = named(
                        ClusterEvent.Level.INFO, run.end().isEmpty() ? "COMMAND_STARTED" : "COMMAND_ENDED")
                .putFields("taskId", Structs.text(run.task().id()))
                .putFields("group", Structs.text(run.task().group()))
                .putFields("container", Structs.text(command.container()))
                .putFields("command", Structs.text(command.line()))
                .putFields("callerAddress", Structs.text(command.address()))
                .putFields("claimedUser", Structs.text(command.claimedUser()));
        run.end().ifPresent(end -> {
            end.exitCode().ifPresent(code -> detail.putFields("exitCode", Structs.number(code)));
            detail.putFields("durationMillis", Structs.number(end.duration().toMillis()));
            if (!end.reason().isEmpty()) {
                detail.putFields("reason", Structs.text(end.reason()));
            }
        });
        return detail.build();
    }

    private static Struct.Builder named(ClusterEvent.Level level, String name) {
        return Struct.newBuilder()
                .putFields("eventType", Structs.text(level.name()))
                .putFields("eventName", Structs.text(name));
    }
}
