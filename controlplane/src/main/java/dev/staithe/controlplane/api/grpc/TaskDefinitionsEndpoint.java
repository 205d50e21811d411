package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.TaskDefinitions;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.proto.v1.DeregisterTaskDefinitionRequest;
import dev.staithe.proto.v1.DeregisterTaskDefinitionResponse;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.DescribeTaskDefinitionResponse;
import dev.staithe.proto.v1.ListTaskDefinitionFamiliesRequest;
import dev.staithe.proto.v1.ListTaskDefinitionFamiliesResponse;
import dev.staithe.proto.v1.ListTaskDefinitionsRequest;
import dev.staithe.proto.v1.ListTaskDefinitionsResponse;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionResponse;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.pcollections.TreePMap;

/** The service {@code staithe.v1.TaskDefinitions}. */
final class TaskDefinitionsEndpoint extends TaskDefinitionsGrpc.TaskDefinitionsImplBase {
    private final View view;
    private final TaskDefinitions taskDefinitions;

    TaskDefinitionsEndpoint(View view, TaskDefinitions taskDefinitions) {
        this.view = view;
        this.taskDefinitions = taskDefinitions;
    }

    @Override
    public void register(RegisterTaskDefinitionRequest request, StreamObserver<RegisterTaskDefinitionResponse> caller) {
        Calls.answer(caller, () -> {
            Written<TaskDefinitionRevision> written = taskDefinitions.register(request.getTaskDefinition());
            view.after(written.revision());
            return RegisterTaskDefinitionResponse.newBuilder()
                    .setTaskDefinition(message(written.value()))
                    .build();
        });
    }

    @Override
    public void deregister(
            DeregisterTaskDefinitionRequest request, StreamObserver<DeregisterTaskDefinitionResponse> caller) {
        Calls.answer(caller, () -> {
            Written<TaskDefinitionRevision> written = taskDefinitions.deregister(request.getTaskDefinition());
            view.after(written.revision());
            return DeregisterTaskDefinitionResponse.newBuilder()
                    .setTaskDefinition(message(written.value()))
                    .build();
        });
    }

    @Override
    public void describe(DescribeTaskDefinitionRequest request, StreamObserver<DescribeTaskDefinitionResponse> caller) {
        Calls.answer(
                caller,
                () -> DescribeTaskDefinitionResponse.newBuilder()
                        .setTaskDefinition(
                                message(TaskDefinitions.describe(view.current(), request.getTaskDefinition())))
                        .build());
    }

    @Override
    public void list(ListTaskDefinitionsRequest request, StreamObserver<ListTaskDefinitionsResponse> caller) {
        Calls.answer(caller, () -> {
            String status = Requests.choice("status", request.getStatus(), "ACTIVE", "INACTIVE", "ALL");
            boolean descending =
                    Requests.choice("sort", request.getSort(), "ASC", "DESC").equals("DESC");
            var families = view.current().families();
            Collection<TreePMap<Integer, TaskDefinitionRevision>> wanted =
                    request.getFamily().isEmpty()
                            ? families.values()
                            : List.of(families.getOrDefault(request.getFamily(), TreePMap.empty()));
            List<TaskDefinitionRevision> matching = wanted.stream()
                    .flatMap(revisions -> revisions.values().stream())
                    .filter(definition -> matches(definition, status))
                    .toList();
            var page = Paging.page(
                    descending ? matching.reversed() : matching,
                    TaskDefinitionsEndpoint::key,
                    descending,
                    request.getMaxResults(),
                    request.getNextToken());
            return ListTaskDefinitionsResponse.newBuilder()
                    .addAllTaskDefinitions(page.elements().stream()
                            .map(definition -> definition.ref().toString())
                            .toList())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    @Override
    public void listFamilies(
            ListTaskDefinitionFamiliesRequest request, StreamObserver<ListTaskDefinitionFamiliesResponse> caller) {
        Calls.answer(caller, () -> {
            String status = Requests.choice("status", request.getStatus(), "ACTIVE", "INACTIVE", "ALL");
            List<String> matching = view.current().families().entrySet().stream()
                    .filter(family -> family.getKey().startsWith(request.getFamilyPrefix()))
                    .filter(family -> switch (status) {
                        case "ACTIVE" -> family.getValue().values().stream().anyMatch(TaskDefinitionRevision::active);
                        case "INACTIVE" ->
                            family.getValue().values().stream().noneMatch(TaskDefinitionRevision::active);
                        default -> true;
                    })
                    .map(Map.Entry::getKey)
                    .toList();
            var page = Paging.page(matching, family -> family, false, request.getMaxResults(), request.getNextToken());
            return ListTaskDefinitionFamiliesResponse.newBuilder()
                    .addAllFamilies(page.elements())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    private static boolean matches(TaskDefinitionRevision definition, String status) {
        return switch (status) {
            case "ACTIVE" -> definition.active();
            case "INACTIVE" -> !definition.active();
            default -> true;
        };
    }

    /** In the order of these, families are sorted by name and revisions by number: no name has a space. */
    private static String key(TaskDefinitionRevision definition) {
        return definition.ref().family() + " "
                + String.format("%010d", definition.ref().revision());
    }

    private static TaskDefinition message(TaskDefinitionRevision definition) {
        TaskDefinition.Builder message = definition.spec().toBuilder()
                .setRevision(definition.ref().revision())
                .setStatus(definition.active() ? "ACTIVE" : "INACTIVE")
                .setRegisteredAt(Requests.timestamp(definition.registeredAtMillis()));
        if (!definition.active()) {
            message.setDeregisteredAt(Requests.timestamp(definition.deregisteredAtMillis()));
        }
        return message.build();
    }
}
