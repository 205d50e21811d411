package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DeleteAttributesRequest;
import dev.staithe.proto.v1.DeleteAttributesResponse;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.DeregisterContainerInstanceRequest;
import dev.staithe.proto.v1.DeregisterContainerInstanceResponse;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.ListAttributesRequest;
import dev.staithe.proto.v1.ListAttributesResponse;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.PutAttributesRequest;
import dev.staithe.proto.v1.PutAttributesResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateContainerInstancesStateRequest;
import dev.staithe.proto.v1.UpdateContainerInstancesStateResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InstanceCommandsTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    private static ContainerInstance host(String status) {
        return ContainerInstance.newBuilder()
                .setContainerInstanceId("b".repeat(32))
                .setCluster("default")
                .setHostName("host-a")
                .setStatus(status)
                .build();
    }

    @BeforeEach
    void knowsHostA() {
        controlPlane.answer(ContainerInstancesGrpc.getUpdateStateMethod(), request -> {
            String name = request.getContainerInstances(0);
            return switch (name) {
                case "host-a" ->
                    UpdateContainerInstancesStateResponse.newBuilder()
                            .addContainerInstances(host(request.getStatus()))
                            .build();
                case "gone" ->
                    UpdateContainerInstancesStateResponse.newBuilder()
                            .addFailures(Failure.newBuilder().setResource(name).setReason("INACTIVE"))
                            .build();
                default ->
                    UpdateContainerInstancesStateResponse.newBuilder()
                            .addFailures(Failure.newBuilder().setResource(name).setReason("MISSING"))
                            .build();
            };
        });
    }

    @AfterEach
    void close() {
        controlPlane.close();
    }

    /** The host holds these tasks, one list at each look; the last list stays. */
    private void holds(List<List<Task>> looks) {
        AtomicInteger look = new AtomicInteger();
        controlPlane.answer(
                TasksGrpc.getListMethod(),
                request -> ListTasksResponse.newBuilder()
                        .addAllTasks(looks.get(Math.min(look.getAndIncrement(), looks.size() - 1)))
                        .build());
    }

    private void service(int least, int most, boolean waits) {
        Service.Builder service = Scene.service()
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setMinimumHealthyPercent(least)
                        .setMaximumPercent(most));
        if (waits) {
            service.setPlacement(Scene.placement(1));
        }
        controlPlane.answer(
                ServicesGrpc.getDescribeMethod(),
                request -> DescribeServicesResponse.newBuilder()
                        .addServices(service)
                        .build());
    }

    @Test
    void listsWhatAFilterSelects() {
        controlPlane.answer(
                ContainerInstancesGrpc.getListMethod(),
                request -> ListContainerInstancesResponse.newBuilder()
                        .addContainerInstances(host("ACTIVE"))
                        .build());

        assertThat(Typed.run(controlPlane, "instance", "list", "--filter", "attribute:a exists", "-o", "name"))
                .isEqualTo(new Typed(0, "host-a\n", ""));
        assertThat(controlPlane.last(ListContainerInstancesRequest.class).getFilter())
                .isEqualTo("attribute:a exists");
    }

    @Test
    void thatAFilterSelectsNoneDoesNotMeanThatThereAreNoHosts() {
        controlPlane.answer(
                ContainerInstancesGrpc.getListMethod(), request -> ListContainerInstancesResponse.getDefaultInstance());

        assertThat(Typed.run(controlPlane, "instance", "list", "--filter", "attribute:a exists")
                        .out())
                .isEqualTo(
                        "no container instance is like that; `staithe instance list` shows all that can take tasks\n");
    }

    @Test
    void marksTheColumnOfAFilterThatCannotBeRead() {
        filterRefused("unknown operator =, expected ==, column 17");
        assertThat(Typed.run(controlPlane, "instance", "list", "--filter", "attribute:stack = prod"))
                .isEqualTo(new Typed(64, "", """
                        error: --filter: unknown operator =, expected ==, column 17
                          attribute:stack = prod
                                          ^
                        """));

        filterRefused("expected a value after ==, column 19");
        assertThat(Typed.run(controlPlane, "instance", "list", "--filter", "attribute:stack ==")
                        .err())
                .isEqualTo("""
                        error: --filter: expected a value after ==, column 19
                          attribute:stack ==
                                            ^
                        """);

        filterRefused("expected and, or or the end of the expression, column 101");
        assertThat(Typed.run(controlPlane, "instance", "list", "--filter", "a".repeat(100) + "!" + "b".repeat(100))
                        .err())
                .isEqualTo("""
                        error: --filter: expected and, or or the end of the expression, column 101
                          ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
                                                                         ^
                        """);
    }

    private void filterRefused(String description) {
        controlPlane.answer(ContainerInstancesGrpc.getListMethod(), request -> {
            throw FakeControlPlane.refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "INVALID_ARGUMENT",
                    "filter: " + description,
                    Map.of(),
                    "filter",
                    description);
        });
    }

    @Test
    void drainsAHostAndSaysHowToWait() {
        assertThat(Typed.run(controlPlane, "instance", "drain", "host-a"))
                .isEqualTo(new Typed(
                        0,
                        "host host-a is DRAINING; `staithe instance drain host-a --wait` waits until no task of a"
                                + " service is left on it\n",
                        ""));
        assertThat(controlPlane.last(UpdateContainerInstancesStateRequest.class).getStatus())
                .isEqualTo("DRAINING");
        assertThat(Typed.run(controlPlane, "instance", "drain", "nope")).isEqualTo(new Typed(7, "", """
                        error: there is no container instance nope in cluster default
                        try: staithe instance list
                        """));
        assertThat(Typed.run(controlPlane, "instance", "drain", "gone").err()).isEqualTo("""
                        error: host gone was deregistered: it is INACTIVE until its agent is started again
                        try: staithe instance list --status inactive
                        """);
    }

    @Test
    void saysWhatADrainWaitsForUntilNoTaskOfAServiceIsLeft() {
        Task alone = Scene.running("33333333").setGroup("family:batch").build();
        Task first = Scene.running("11111111").build();
        Task second = Scene.running("22222222").build();
        Task stopping = first.toBuilder()
                .setDesiredStatus("STOPPED")
                .setLastStatus("STOPPING")
                .build();
        Task stopped = stopping.toBuilder().setLastStatus("STOPPED").build();
        holds(List.of(
                List.of(first, second, alone),
                List.of(first, alone),
                List.of(stopping, alone),
                List.of(stopped, alone)));
        service(100, 200, false);

        Typed typed = Typed.run(controlPlane, "instance", "drain", "host-a", "--wait");

        assertThat(typed).isEqualTo(new Typed(0, """
                        host host-a: 2 tasks of web left: waiting for replacements to become healthy
                        host host-a: 1 task of web left: waiting for a replacement to become healthy
                        host host-a: 1 task of web left: stopping
                        host host-a is drained; 1 standalone task stays
                        """, ""));
        assertThat(controlPlane.last(ListTasksRequest.class).getContainerInstance())
                .isEqualTo("b".repeat(32));
    }

    @Test
    void endsADrainThatTheBoundsOfAServiceCanNeverLetHappen() {
        holds(List.of(List.of(Scene.running("11111111").build())));
        service(100, 100, false);

        assertThat(Typed.run(controlPlane, "instance", "drain", "host-a", "--wait"))
                .isEqualTo(new Typed(
                        1,
                        "",
                        "error: service web can never leave host-a: of 2 tasks, minimumHealthyPercent 100 allows none"
                                + " fewer and maximumPercent 100 none more (the host stays DRAINING)\n"
                                + "try: staithe service update web --max 200\n"));
    }

    @Test
    void endsADrainWhoseReplacementsFindNoPlace() {
        holds(List.of(List.of(Scene.running("11111111").build())));
        service(100, 200, true);

        Typed typed = Typed.run(controlPlane, "instance", "drain", "host-a", "--wait");

        assertThat(typed.exitCode()).isEqualTo(5);
        assertThat(typed.out()).isEqualTo("host host-a: 1 task of web left: its replacement finds no place\n");
        assertThat(typed.err())
                .isEqualTo("error: service web cannot leave host-a: no other host can take its tasks (the host stays"
                        + " DRAINING)\ntry: staithe service describe web\n");
    }

    @Test
    void waitsForADrainNoLongerThanItIsTold() {
        holds(List.of(List.of(Scene.running("11111111").build())));
        service(100, 200, false);

        Typed typed = Typed.run(controlPlane, "instance", "drain", "host-a", "--wait", "--timeout", "1s");

        assertThat(typed.exitCode()).isEqualTo(6);
        assertThat(typed.err())
                .isEqualTo("error: host host-a is not drained after 1s: 1 task of web left: waiting for a replacement"
                        + " to become healthy\ntry: staithe instance drain host-a --wait --timeout 30m\n");
    }

    @Test
    void letsAHostTakeTasksAgain() {
        assertThat(Typed.run(controlPlane, "instance", "activate", "host-a"))
                .isEqualTo(new Typed(0, "host host-a is ACTIVE\n", ""));
    }

    @Test
    void deregistersAHostOrSaysWhyNot() {
        controlPlane.answer(ContainerInstancesGrpc.getDeregisterMethod(), request -> {
            if (!request.getForce()) {
                throw FakeControlPlane.refusal(
                        Status.Code.FAILED_PRECONDITION,
                        "CONTAINER_INSTANCE_NOT_EMPTY",
                        "Found running tasks on the instance. (host-a has 2 tasks)");
            }
            return DeregisterContainerInstanceResponse.newBuilder()
                    .setContainerInstance(host("INACTIVE"))
                    .build();
        });

        assertThat(Typed.run(controlPlane, "instance", "deregister", "host-a")).isEqualTo(new Typed(1, "", """
                        error: Found running tasks on the instance. (host-a has 2 tasks)
                        try: staithe instance drain HOST --wait, or the same with --force
                        """));
        assertThat(Typed.run(controlPlane, "instance", "deregister", "host-a", "--force"))
                .isEqualTo(new Typed(0, "host host-a is deregistered\n", ""));
        assertThat(controlPlane.last(DeregisterContainerInstanceRequest.class).getContainerInstance())
                .isEqualTo("host-a");
    }

    @Test
    void setsListsAndDeletesAttributes() {
        List<InstanceAttribute> stored = new ArrayList<>();
        controlPlane.answer(ContainerInstancesGrpc.getPutAttributesMethod(), request -> {
            stored.addAll(request.getAttributesList());
            return PutAttributesResponse.newBuilder()
                    .addAllAttributes(request.getAttributesList())
                    .build();
        });
        controlPlane.answer(
                ContainerInstancesGrpc.getListMethod(),
                request -> ListContainerInstancesResponse.newBuilder()
                        .addContainerInstances(host("ACTIVE"))
                        .build());
        controlPlane.answer(
                ContainerInstancesGrpc.getListAttributesMethod(),
                request -> ListAttributesResponse.newBuilder()
                        .addAllAttributes(stored.stream()
                                .map(a -> a.toBuilder()
                                        .setContainerInstance("b".repeat(32))
                                        .build())
                                .toList())
                        .build());
        controlPlane.answer(
                ContainerInstancesGrpc.getDeleteAttributesMethod(),
                request -> DeleteAttributesResponse.newBuilder()
                        .addAllAttributes(request.getAttributesList())
                        .build());

        assertThat(Typed.run(controlPlane, "instance", "attributes", "set", "host-a", "stack=prod", "ssd="))
                .isEqualTo(new Typed(0, "host host-a has stack=prod, ssd=\n", ""));
        assertThat(controlPlane.last(PutAttributesRequest.class).getAttributes(0))
                .isEqualTo(InstanceAttribute.newBuilder()
                        .setName("stack")
                        .setValue("prod")
                        .setContainerInstance("host-a")
                        .build());
        assertThat(Typed.run(controlPlane, "instance", "attributes", "list", "--name", "stack")
                        .out())
                .isEqualTo("""
                        HOST    ATTRIBUTE  VALUE
                        host-a  ssd        -
                        host-a  stack      prod
                        """);
        assertThat(controlPlane.last(ListAttributesRequest.class).getAttributeName())
                .isEqualTo("stack");
        assertThat(Typed.run(controlPlane, "instance", "attributes", "delete", "host-a", "stack"))
                .isEqualTo(new Typed(0, "host host-a no longer has stack\n", ""));
        assertThat(controlPlane
                        .last(DeleteAttributesRequest.class)
                        .getAttributes(0)
                        .getName())
                .isEqualTo("stack");
        assertThat(Typed.run(controlPlane, "instance", "attributes", "set", "host-a", "stack"))
                .isEqualTo(new Typed(64, "", "error: stack (expected: NAME=VALUE, such as stack=prod)\n"));
        assertThat(Typed.run(controlPlane, "instance", "attributes").exitCode()).isEqualTo(64);
    }
}
