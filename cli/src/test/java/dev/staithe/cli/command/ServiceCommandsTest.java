package dev.staithe.cli.command;

import static dev.staithe.cli.Scene.DEPLOYMENT;
import static dev.staithe.cli.Scene.NEWER_DEPLOYMENT;
import static dev.staithe.cli.Scene.binding;
import static dev.staithe.cli.Scene.complete;
import static dev.staithe.cli.Scene.container;
import static dev.staithe.cli.Scene.deployment;
import static dev.staithe.cli.Scene.event;
import static dev.staithe.cli.Scene.log;
import static dev.staithe.cli.Scene.placement;
import static dev.staithe.cli.Scene.running;
import static dev.staithe.cli.Scene.service;
import static dev.staithe.cli.Scene.stopped;
import static dev.staithe.cli.Scene.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.CreateServiceResponse;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.DeleteServiceResponse;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.ListEventsResponse;
import dev.staithe.proto.v1.ListServiceDeploymentsResponse;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListServicesResponse;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionResponse;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.RollbackServiceResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServiceDeployment;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import dev.staithe.proto.v1.StopServiceDeploymentResponse;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.UpdateServiceResponse;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServiceCommandsTest {
    private static final Service STEADY = service(complete(DEPLOYMENT, "web:1"))
            .addEvents(event(3, "has reached a steady state."))
            .addEvents(event(9, "has started 2 tasks: (task c1) (task c2)."))
            .setConnectionDrainingSeconds(30)
            .build();

    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    private static Task.Builder published(String id, int port) {
        Task.Builder task = running(id);
        task.getContainersBuilder(0).addNetworkBindings(binding(port));
        return task;
    }

    private static Task failed() {
        return stopped(
                        "c0",
                        300,
                        "EssentialContainerExited",
                        "Essential container in task exited",
                        container().setExitCode(1))
                .build();
    }

    /** A control plane on which changes of the service arrive after some steps. */
    private void becomesSteady(Service steady) {
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            Service began = steady.toBuilder()
                    .setDeployments(
                            0,
                            steady.getDeployments(0).toBuilder()
                                    .setRolloutState("IN_PROGRESS")
                                    .setRunningCount(1)
                                    .setPendingCount(1)
                                    .setHealthyCount(0))
                    .build();
            answers.onNext(WatchServiceResponse.newBuilder().setService(began).build());
            answers.onNext(WatchServiceResponse.newBuilder()
                    .setService(steady)
                    .addTasks(published("c1", 49153))
                    .addTasks(published("c2", 49154))
                    .build());
        });
    }

    private void knows(Service service) {
        controlPlane.answer(
                ServicesGrpc.getDescribeMethod(),
                request -> request.getServices(0).equals(service.getServiceName())
                        ? DescribeServicesResponse.newBuilder()
                                .addServices(service)
                                .build()
                        : DescribeServicesResponse.newBuilder()
                                .addFailures(Failure.newBuilder()
                                        .setResource(request.getServices(0))
                                        .setReason("MISSING"))
                                .build());
    }

    private void hasTasks(Task... tasks) {
        controlPlane.answer(TasksGrpc.getListMethod(), request -> {
            ListTasksResponse.Builder response = ListTasksResponse.newBuilder();
            for (Task task : tasks) {
                response.addTasks(task);
            }
            return response.build();
        });
    }

    /** Without the seconds that it took. */
    private static String transcript(Typed typed) {
        return typed.out().replaceAll("\\(\\d+s\\)", "(Ns)") + "--- standard error\n" + typed.err() + "--- exit code "
                + typed.exitCode() + "\n";
    }

    @Test
    void createsAServiceAndWaitsUntilItIsSteady() {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());
        becomesSteady(STEADY);

        Typed typed = Typed.run(
                controlPlane,
                "service",
                "create",
                "web",
                "--task-definition",
                "web:1",
                "--desired-count",
                "2",
                "--min-healthy",
                "50",
                "--max",
                "100");

        Golden.check("service-create", transcript(typed));
        CreateServiceRequest request = controlPlane.last(CreateServiceRequest.class);
        assertThat(request.getCluster()).isEqualTo("default");
        assertThat(request.getTaskDefinition()).isEqualTo("web:1");
        assertThat(request.getDesiredCount()).isEqualTo(2);
        assertThat(request.getDeploymentConfiguration().getMinimumHealthyPercent())
                .isEqualTo(50);
        assertThat(request.getDeploymentConfiguration().getMaximumPercent()).isEqualTo(100);
        assertThat(request.getClientToken()).hasSize(32);
    }

    @Test
    void saysHowTheTasksOfANewServiceAreScheduled() {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());

        Typed typed = Typed.run(
                controlPlane,
                "service",
                "create",
                "web",
                "--task-definition",
                "web",
                "--constraint",
                "distinctInstance",
                "--constraint",
                "memberOf(attribute:disk == ssd)",
                "--strategy",
                "spread:attribute:ecs.availability-zone",
                "--strategy",
                "random",
                "--grace-period",
                "2m",
                "--rebalancing",
                "dry-run",
                "--circuit-breaker",
                "rollback",
                "--propagate-tags",
                "task-definition",
                "--enable-execute-command",
                "--draining",
                "1m",
                "--tag",
                "owner=a=b",
                "--detach");

        assertThat(typed.err()).isEmpty();
        CreateServiceRequest request = controlPlane.last(CreateServiceRequest.class);
        assertThat(request.getDesiredCount()).isEqualTo(1);
        assertThat(request.getPlacementConstraintsList())
                .containsExactly(
                        PlacementConstraint.newBuilder()
                                .setType("distinctInstance")
                                .build(),
                        PlacementConstraint.newBuilder()
                                .setType("memberOf")
                                .setExpression("attribute:disk == ssd")
                                .build());
        assertThat(request.getPlacementStrategyList())
                .containsExactly(
                        PlacementStrategy.newBuilder()
                                .setType("spread")
                                .setField("attribute:ecs.availability-zone")
                                .build(),
                        PlacementStrategy.newBuilder().setType("random").build());
        assertThat(request.getHealthCheckGracePeriodSeconds()).isEqualTo(120);
        assertThat(request.getAvailabilityZoneRebalancing()).isEqualTo("DRY_RUN");
        assertThat(request.getPropagateTags()).isEqualTo("TASK_DEFINITION");
        assertThat(request.getEnableExecuteCommand()).isTrue();
        assertThat(request.getConnectionDrainingSeconds()).isEqualTo(60);
        assertThat(request.getDeploymentConfiguration().getDeploymentCircuitBreaker())
                .isEqualTo(DeploymentCircuitBreaker.newBuilder()
                        .setEnable(true)
                        .setRollback(true)
                        .build());
        assertThat(request.getTags(0))
                .isEqualTo(Tag.newBuilder().setKey("owner").setValue("a=b").build());
    }

    @Test
    void givesADaemonNoCount() {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());

        Typed.run(controlPlane, "service", "create", "web", "--task-definition", "web", "--daemon", "--detach");

        assertThat(controlPlane.last(CreateServiceRequest.class).getSchedulingStrategy())
                .isEqualTo("DAEMON");
        assertThat(controlPlane.last(CreateServiceRequest.class).hasDesiredCount())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --constraint   | memberOf attribute:a | expected: distinctInstance, or 'memberOf(attribute:NAME == VALUE)'
            --grace-period | 1500ms               | expected: whole seconds, such as 30s
            --draining     | 500ms                | expected: whole seconds, such as 30s
            --rebalancing  | yes                  | expected: on, off or dry-run
            --circuit-breaker | maybe             | expected: on, rollback or off
            --propagate-tags | all                | expected: service, task-definition or none
            """)
    void saysWhatAnOptionMayBe(String option, String value, String expected) {
        Typed typed = Typed.run(controlPlane, "service", "update", "web", option, value);

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).isEqualTo("error: " + option + ": " + value + " (" + expected + ")\n");
    }

    @Test
    void changesPlacementAndTheCircuitBreaker() {
        controlPlane.answer(
                ServicesGrpc.getUpdateMethod(),
                request -> UpdateServiceResponse.newBuilder().setService(STEADY).build());

        Typed.run(
                controlPlane,
                "service",
                "update",
                "web",
                "--clear-constraints",
                "--strategy",
                "binpack:memory",
                "--circuit-breaker",
                "off",
                "--detach");

        UpdateServiceRequest request = controlPlane.last(UpdateServiceRequest.class);
        assertThat(request.getClearPlacementConstraints()).isTrue();
        assertThat(request.getClearPlacementStrategy()).isFalse();
        assertThat(request.getPlacementStrategy(0).getField()).isEqualTo("memory");
        assertThat(request.getDeploymentConfiguration().getDeploymentCircuitBreaker())
                .isEqualTo(DeploymentCircuitBreaker.newBuilder()
                        .setEnable(false)
                        .setRollback(false)
                        .build());
        assertThat(request.hasHealthCheckGracePeriodSeconds()).isFalse();
        assertThat(request.hasConnectionDrainingSeconds()).isFalse();
    }

    @Test
    void showsHowTheTasksOfAServiceAreScheduled() {
        knows(STEADY.toBuilder()
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                                .setEnable(true)
                                .setRollback(true)))
                .addPlacementConstraints(
                        PlacementConstraint.newBuilder().setType("memberOf").setExpression("attribute:disk == ssd"))
                .addPlacementConstraints(PlacementConstraint.newBuilder().setType("distinctInstance"))
                .addPlacementStrategy(
                        PlacementStrategy.newBuilder().setType("spread").setField("attribute:rack"))
                .addPlacementStrategy(
                        PlacementStrategy.newBuilder().setType("binpack").setField("memory"))
                .setAvailabilityZoneRebalancing("ENABLED")
                .setHealthCheckGracePeriodSeconds(90)
                .setPropagateTags("SERVICE")
                .addTags(Tag.newBuilder().setKey("owner").setValue("web"))
                .build());

        Golden.check("service-describe-settings", transcript(Typed.run(controlPlane, "service", "describe", "web")));
    }

    @Test
    void listsDaemons() {
        controlPlane.answer(
                ServicesGrpc.getListMethod(),
                request -> ListServicesResponse.newBuilder().addServices(STEADY).build());

        assertThat(Typed.run(controlPlane, "service", "list", "--kind", "daemon", "-o", "name"))
                .isEqualTo(new Typed(0, "web\n", ""));
        assertThat(controlPlane.last(ListServicesRequest.class).getSchedulingStrategy())
                .isEqualTo("DAEMON");
    }

    @Test
    void keepsStandardOutputForTheResultWhenAScriptReadsIt() {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());
        becomesSteady(STEADY);

        Typed typed = Typed.run(controlPlane, "service", "create", "web", "--task-definition", "web", "-o", "name");

        assertThat(typed.out()).isEqualTo("web\n");
        assertThat(typed.err()).contains("service web: 1 of 2 running, 0 healthy, 1 pending");
        assertThat(typed.exitCode()).isZero();
    }

    @Test
    void returnsAtOnceWhenDetached() {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());

        Typed typed = Typed.run(controlPlane, "service", "create", "web", "--task-definition", "web", "--detach");

        assertThat(typed).isEqualTo(new Typed(0, "service web is changed; see `staithe service wait web`\n", ""));
    }

    @Test
    void showsTheControlPlanesRefusalWithWhatToDo() {
        controlPlane.answer(ServicesGrpc.getCreateMethod(), request -> {
            throw FakeControlPlane.refusal(
                    Status.Code.NOT_FOUND, "TASK_DEFINITION_NOT_FOUND", "there is no task definition nope");
        });

        assertThat(Typed.run(controlPlane, "service", "create", "web", "--task-definition", "nope"))
                .isEqualTo(new Typed(
                        7, "", "error: there is no task definition nope\ntry: staithe task-definition list\n"));
    }

    @Test
    void updatesOnlyWhatIsGiven() {
        Service updated = service(
                        deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                        complete(DEPLOYMENT, "web:1").toBuilder()
                                .setStatus("ACTIVE")
                                .build())
                .build();
        controlPlane.answer(
                ServicesGrpc.getUpdateMethod(),
                request ->
                        UpdateServiceResponse.newBuilder().setService(updated).build());
        // A replica that is behind shows the service as it was.
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            answers.onNext(WatchServiceResponse.newBuilder().setService(STEADY).build());
            answers.onNext(WatchServiceResponse.newBuilder().setService(updated).build());
            answers.onNext(WatchServiceResponse.newBuilder()
                    .setService(service(complete(NEWER_DEPLOYMENT, "web:2")))
                    .build());
        });

        Typed typed = Typed.run(controlPlane, "service", "update", "web", "--task-definition", "web");

        Golden.check("service-update", transcript(typed));
        UpdateServiceRequest request = controlPlane.last(UpdateServiceRequest.class);
        assertThat(request.hasDesiredCount()).isFalse();
        assertThat(request.hasDeploymentConfiguration()).isFalse();
        assertThat(request.getForceNewDeployment()).isFalse();
    }

    @Test
    void refusesAnUpdateOfNothing() {
        Typed typed = Typed.run(controlPlane, "service", "update", "web");

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).startsWith("error: nothing to change (expected: --task-definition, ");
    }

    @Test
    void scalesAndWaitsForTheNewCountEvenIfAReplicaIsBehind() {
        Service one = STEADY.toBuilder()
                .setDesiredCount(1)
                .setRunningCount(1)
                .setDeployments(
                        0,
                        STEADY.getDeployments(0).toBuilder()
                                .setDesiredCount(1)
                                .setRunningCount(1)
                                .setHealthyCount(1))
                .build();
        controlPlane.answer(
                ServicesGrpc.getUpdateMethod(),
                request -> UpdateServiceResponse.newBuilder()
                        .setService(STEADY.toBuilder().setDesiredCount(request.getDesiredCount()))
                        .build());
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            answers.onNext(WatchServiceResponse.newBuilder().setService(STEADY).build());
            answers.onNext(WatchServiceResponse.newBuilder().setService(one).build());
        });

        Typed typed = Typed.run(controlPlane, "service", "scale", "web", "1");

        assertThat(transcript(typed)).isEqualTo("""
                        service web: waiting for the new desired count to be taken up
                        service web is steady: 1 task of web:1 running and healthy (Ns)
                        --- standard error
                        --- exit code 0
                        """);
        assertThat(controlPlane.last(UpdateServiceRequest.class).getDesiredCount())
                .isEqualTo(1);
    }

    @Test
    void listsWhatBecameOfTheDeployments() {
        controlPlane.answer(
                ServicesGrpc.getListDeploymentsMethod(),
                request -> ListServiceDeploymentsResponse.newBuilder()
                        .addServiceDeployments(ServiceDeployment.newBuilder()
                                .setId("ecs-svc/1000000000000000003")
                                .setTaskDefinition("web:1")
                                .setStatus("IN_PROGRESS")
                                .setStatusReason("ECS deployment circuit breaker: rolling back to deploymentId "
                                        + DEPLOYMENT + ".")
                                .setCause("rollback of " + NEWER_DEPLOYMENT + " by the circuit breaker")
                                .setCreatedAt(Scene.ago(20))
                                .setRunningCount(1)
                                .setDesiredCount(2))
                        .addServiceDeployments(ServiceDeployment.newBuilder()
                                .setId(NEWER_DEPLOYMENT)
                                .setTaskDefinition("web:2")
                                .setStatus("ROLLBACK_IN_PROGRESS")
                                .setStatusReason("ECS deployment circuit breaker: tasks failed to start.")
                                .setCause("task definition changed")
                                .setCreatedAt(Scene.ago(90))
                                .setFinishedAt(Scene.ago(21))
                                .setDesiredCount(2))
                        .addServiceDeployments(ServiceDeployment.newBuilder()
                                .setId(DEPLOYMENT)
                                .setTaskDefinition("web:1")
                                .setStatus("SUCCESSFUL")
                                .setStatusReason("ECS deployment " + DEPLOYMENT + " completed.")
                                .setCause("created")
                                .setCreatedAt(Scene.ago(4000))
                                .setFinishedAt(Scene.ago(3950))
                                .setRunningCount(1)
                                .setDesiredCount(2))
                        .build());

        Golden.check("service-deployments", transcript(Typed.run(controlPlane, "service", "deployments", "web")));
    }

    @Test
    void stopsADeploymentAndWaitsForTheOneThatGoesBack() {
        stopsDeployment();
        knows(service().build());
        becomesSteady(STEADY);

        Typed typed = Typed.run(controlPlane, "service", "stop-deployment", "web");

        assertThat(typed.exitCode()).isZero();
        assertThat(controlPlane.last(StopServiceDeploymentRequest.class).getStopType())
                .isEqualTo("ROLLBACK");
        assertThat(typed.out()).contains("service web is steady");
    }

    @Test
    void stopsADeploymentAndLeavesTheTasksAlone() {
        stopsDeployment();

        Typed typed = Typed.run(controlPlane, "service", "stop-deployment", "web", "--abort");

        assertThat(typed)
                .isEqualTo(new Typed(
                        0,
                        "deployment " + NEWER_DEPLOYMENT
                                + " of web:2 is stopped; the service stays as it is until its next deployment\n",
                        ""));
        assertThat(controlPlane.last(StopServiceDeploymentRequest.class).getStopType())
                .isEqualTo("ABORT");
    }

    private void stopsDeployment() {
        controlPlane.answer(
                ServicesGrpc.getStopDeploymentMethod(),
                request -> StopServiceDeploymentResponse.newBuilder()
                        .setServiceDeployment(ServiceDeployment.newBuilder()
                                .setId(NEWER_DEPLOYMENT)
                                .setTaskDefinition("web:2")
                                .setStatus("STOP_REQUESTED"))
                        .build());
    }

    @Test
    void rollsBack() {
        controlPlane.answer(
                ServicesGrpc.getRollbackMethod(),
                request ->
                        RollbackServiceResponse.newBuilder().setService(STEADY).build());
        becomesSteady(STEADY);

        assertThat(Typed.run(controlPlane, "service", "rollback", "web").exitCode())
                .isZero();
        assertThat(controlPlane.last(RollbackServiceRequest.class).getService()).isEqualTo("web");
    }

    @Test
    void listsServices() {
        controlPlane.answer(
                ServicesGrpc.getListMethod(),
                request -> ListServicesResponse.newBuilder().addServices(STEADY).build());

        Golden.check("service-list", transcript(Typed.run(controlPlane, "service", "list")));
    }

    @Test
    void describesAServiceWithWhatCannotBePlaced() {
        knows(STEADY.toBuilder()
                .setPlacement(placement(1, verdict("host-a", "RESOURCE:CPU", "cpu: needs 4096, 512 of 2048 free")))
                .build());

        Golden.check("service-describe", transcript(Typed.run(controlPlane, "service", "describe", "web")));
        assertThat(Typed.run(controlPlane, "service", "describe", "web", "-o", "json")
                        .out())
                .contains("\"serviceName\": \"web\"", "\"pendingCount\": 0");
    }

    @Test
    void namesTheTasksOfAServiceByNumber() {
        knows(STEADY);
        hasTasks(
                failed(),
                published("c2", 49154).setCreatedAt(Scene.ago(5)).build(),
                published("c1", 49153).build());

        Golden.check("service-ps", transcript(Typed.run(controlPlane, "service", "ps", "web")));
        assertThat(Typed.run(controlPlane, "service", "ps", "web", "-o", "name")
                        .out()
                        .lines())
                .allMatch(id -> id.length() == 32);
    }

    @Test
    void saysThatAServiceDoesNotExist() {
        knows(STEADY);

        assertThat(Typed.run(controlPlane, "--cluster", "staging", "service", "ps", "wbe"))
                .isEqualTo(new Typed(7, "", """
                        error: there is no service wbe in cluster staging
                        try: staithe service list --cluster staging
                        """));
    }

    @Test
    void showsEventsOldestFirstAndFollowsNewOnes() {
        controlPlane.answer(
                EventsGrpc.getListMethod(),
                request -> ListEventsResponse.newBuilder()
                        .addAllEvents(STEADY.getEventsList())
                        .build());
        AtomicInteger asked = new AtomicInteger();
        controlPlane.stream(EventsGrpc.getWatchMethod(), (request, answers) -> {
            answers.onNext(event(9, "has started 2 tasks: (task c1) (task c2)."));
            answers.onNext(event(3, "has reached a steady state."));
            boolean first = asked.getAndIncrement() == 0;
            throw first
                    ? Status.UNAVAILABLE.asRuntimeException()
                    : FakeControlPlane.refusal(Status.Code.NOT_FOUND, "SERVICE_NOT_FOUND", "Service not found: web");
        });
        String expected = """
                2026-03-01T11:59:51Z  (service web) has started 2 tasks: (task c1) (task c2).
                2026-03-01T11:59:57Z  (service web) has reached a steady state.
                """;

        assertThat(Typed.run(controlPlane, "service", "events", "web")).isEqualTo(new Typed(0, expected, ""));
        // Told again by another control plane, each is printed once; only a refusal ends it.
        Typed followed = Typed.run(controlPlane, "service", "events", "-f", "web");
        assertThat(followed.out()).isEqualTo(expected);
        assertThat(followed.exitCode()).isEqualTo(7);
    }

    @Test
    void mergesTheLogsOfAllTasksInTheOrderOfTime() {
        knows(STEADY);
        hasTasks(failed(), running("c1").build(), running("c2").build());
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            if (request.getTask().startsWith("c0")) {
                throw FakeControlPlane.refusal(
                        Status.Code.UNAVAILABLE, "AGENT_UNREACHABLE", "the agent of host-a is not connected");
            }
            int offset = request.getTask().startsWith("c1") ? 1 : 0;
            answers.onNext(log(
                    request.getTask(),
                    9 - offset,
                    "first of " + request.getTask().substring(0, 2)));
            answers.onNext(log(
                    request.getTask(),
                    5 - offset,
                    "last of " + request.getTask().substring(0, 2)));
            answers.onCompleted();
        });

        Typed typed = Typed.run(controlPlane, "service", "logs", "web", "--tail", "2");

        assertThat(typed)
                .isEqualTo(new Typed(0, """
                        c2000000 | first of c2
                        c1000000 | first of c1
                        c2000000 | last of c2
                        c1000000 | last of c1
                        """, "note: host-a does not answer: the logs of its tasks are missing\n"));
        assertThat(controlPlane.last(ReadLogsRequest.class).getTail()).isEqualTo(2);
    }

    @Test
    void followsTheLogsOfTasksThatComeLater() {
        knows(STEADY);
        var watch = new AtomicReference<StreamObserver<WatchServiceResponse>>();
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            watch.set(answers);
            answers.onNext(WatchServiceResponse.newBuilder()
                    .setService(STEADY)
                    .addTasks(running("c1"))
                    .build());
        });
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            answers.onNext(log(request.getTask(), 1, "hello"));
            boolean first = request.getTask().startsWith("c1");
            Objects.requireNonNull(watch.get())
                    .onNext(WatchServiceResponse.newBuilder()
                            .setService(
                                    first
                                            ? STEADY
                                            : STEADY.toBuilder()
                                                    .setStatus("INACTIVE")
                                                    .build())
                            .addTasks(running("c1"))
                            .addTasks(running("c2"))
                            .build());
        });

        Typed typed = Typed.run(controlPlane, "service", "logs", "-f", "web");

        assertThat(typed.out()).contains("c1000000 | hello");
        assertThat(typed.exitCode()).isZero();
        assertThat(controlPlane.requests().stream()
                        .filter(ReadLogsRequest.class::isInstance)
                        .map(ReadLogsRequest.class::cast))
                .anySatisfy(first -> {
                    assertThat(first.getTask()).startsWith("c1");
                    assertThat(first.getTail()).isEqualTo(10);
                    assertThat(first.getFollow()).isTrue();
                })
                .anySatisfy(later -> {
                    assertThat(later.getTask()).startsWith("c2");
                    assertThat(later.hasTail()).isFalse();
                });
    }

    @Test
    void deletesAServiceAndWaitsUntilItsTasksHaveStopped() {
        controlPlane.answer(
                ServicesGrpc.getDeleteMethod(),
                request -> DeleteServiceResponse.newBuilder()
                        .setService(STEADY.toBuilder().setStatus("DRAINING"))
                        .build());
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            answers.onNext(WatchServiceResponse.newBuilder()
                    .setService(STEADY.toBuilder().setStatus("DRAINING"))
                    .addTasks(running("c1").setLastStatus("STOPPING"))
                    .build());
            answers.onNext(WatchServiceResponse.newBuilder()
                    .setService(STEADY.toBuilder().setStatus("INACTIVE"))
                    .build());
        });

        Typed typed = Typed.run(controlPlane, "service", "delete", "web", "--force");

        assertThat(typed).isEqualTo(new Typed(0, "service web: stopping 1 task\nservice web is deleted\n", ""));
        assertThat(controlPlane.last(DeleteServiceRequest.class).getForce()).isTrue();
    }

    @Test
    void waitsAgainAfterTheControlPlaneWentAwayInTheMiddle() {
        knows(STEADY);
        var attempts = new AtomicInteger();
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            if (attempts.incrementAndGet() == 1) {
                answers.onNext(
                        WatchServiceResponse.newBuilder().setService(service()).build());
                answers.onError(Status.UNAVAILABLE.withDescription("going away").asRuntimeException());
            } else {
                answers.onNext(
                        WatchServiceResponse.newBuilder().setService(STEADY).build());
            }
        });

        Typed typed = Typed.run(controlPlane, "service", "wait", "web");

        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void runsAnImageAsAService() {
        controlPlane.answer(ServicesGrpc.getDescribeMethod(), request -> DescribeServicesResponse.getDefaultInstance());
        controlPlane.answer(
                TaskDefinitionsGrpc.getRegisterMethod(),
                request -> RegisterTaskDefinitionResponse.newBuilder()
                        .setTaskDefinition(
                                request.getTaskDefinition().toBuilder().setRevision(1))
                        .build());
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());
        becomesSteady(STEADY);

        Typed typed = Typed.run(
                controlPlane,
                "run",
                "-p",
                "8080",
                "-p",
                "53:5353/udp",
                "--count",
                "2",
                "--memory",
                "64",
                "-e",
                "A=b=c",
                "registry.example:5000/team/web:1.2",
                "--",
                "serve",
                "--fast");

        Golden.check("run", transcript(typed));
        var definition = controlPlane.last(RegisterTaskDefinitionRequest.class).getTaskDefinition();
        assertThat(definition.getFamily()).isEqualTo("web");
        assertThat(definition.getContainerDefinitions(0).getCommandList()).containsExactly("serve", "--fast");
        assertThat(definition.getContainerDefinitions(0).getEnvironment(0).getValue())
                .isEqualTo("b=c");
        assertThat(definition.getContainerDefinitions(0).getPortMappings(1).getHostPort())
                .isEqualTo(53);
        assertThat(definition.getContainerDefinitions(0).getPortMappings(1).getProtocol())
                .isEqualTo("udp");
        assertThat(controlPlane.last(CreateServiceRequest.class).getTaskDefinition())
                .isEqualTo("web:1");
    }

    @Test
    void runsNothingWhenTheNameIsTaken() {
        knows(STEADY);

        Typed typed = Typed.run(controlPlane, "run", "example/web:1");

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).startsWith("error: there is a service web already, of web:1\ntry: --name ");
    }

    @Test
    void refusesAPortThatIsNone() {
        Typed typed = Typed.run(controlPlane, "run", "-p", "80:http", "example/web");

        assertThat(typed)
                .isEqualTo(new Typed(
                        64,
                        "",
                        "error: --publish: 80:http (expected: PORT or HOSTPORT:PORT, 1-65535, and /udp for UDP)\n"));
    }
}
