package dev.staithe.cli.command;

import static dev.staithe.cli.Scene.DEPLOYMENT;
import static dev.staithe.cli.Scene.NEWER_DEPLOYMENT;
import static dev.staithe.cli.Scene.complete;
import static dev.staithe.cli.Scene.container;
import static dev.staithe.cli.Scene.deployment;
import static dev.staithe.cli.Scene.event;
import static dev.staithe.cli.Scene.log;
import static dev.staithe.cli.Scene.pending;
import static dev.staithe.cli.Scene.placement;
import static dev.staithe.cli.Scene.running;
import static dev.staithe.cli.Scene.service;
import static dev.staithe.cli.Scene.stopped;
import static dev.staithe.cli.Scene.verdict;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.CreateServiceResponse;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.UpdateServiceResponse;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.Status;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deployments that fail, each with all that the user then sees. The transcripts are in src/test/resources/golden. */
final class FailureTranscriptTest {
    private static final String THROTTLED = "is unable to consistently start tasks successfully.";

    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    /** The service as it is shown, one view after the other; then nothing happens any more. */
    private void shows(WatchServiceResponse... views) {
        controlPlane.stream(ServicesGrpc.getWatchMethod(), (request, answers) -> {
            for (WatchServiceResponse view : views) {
                answers.onNext(view);
            }
        });
    }

    private static WatchServiceResponse view(Service.Builder service, Task.Builder... tasks) {
        WatchServiceResponse.Builder view = WatchServiceResponse.newBuilder().setService(service);
        for (Task.Builder task : tasks) {
            view.addTasks(task);
        }
        return view.build();
    }

    private void wrote(String... lines) {
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            for (int i = 0; i < lines.length; i++) {
                answers.onNext(log(request.getTask(), lines.length - i, lines[i]));
            }
            answers.onCompleted();
        });
    }

    private void create(String transcript, String... options) {
        controlPlane.answer(
                ServicesGrpc.getCreateMethod(),
                request ->
                        CreateServiceResponse.newBuilder().setService(service()).build());
        check(transcript, "service create web --task-definition web --desired-count 2", options);
    }

    private void update(String transcript) {
        controlPlane.answer(
                ServicesGrpc.getUpdateMethod(),
                request -> UpdateServiceResponse.newBuilder()
                        .setService(service(
                                deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                                old(complete(DEPLOYMENT, "web:1"))))
                        .build());
        check(transcript, "service update web --task-definition web");
    }

    private void check(String transcript, String command, String... options) {
        String typed = String.join(" ", command, String.join(" ", options)).strip();
        Typed result = Typed.run(controlPlane, typed.split(" ", -1));
        Golden.check(
                transcript,
                "$ staithe " + typed + "\n" + result.out() + "--- standard error\n" + result.err() + "--- exit code "
                        + result.exitCode() + "\n");
    }

    private static Deployment old(Deployment deployment) {
        return deployment.toBuilder().setStatus("ACTIVE").build();
    }

    private static Service.Builder failing(int failedTasks) {
        return service(deployment(DEPLOYMENT, "PRIMARY", "web:1", "IN_PROGRESS").toBuilder()
                        .setFailedTasks(failedTasks)
                        .build())
                .addEvents(event(2, THROTTLED))
                .addEvents(event(9, "has started 1 tasks: (task c1)."));
    }

    @Test
    void imageThatCannotBePulled() {
        String reason =
                "CannotPullContainerError: pull access denied for example/nope, repository does not exist or may"
                        + " require 'docker login': denied: requested access to the resource is denied";
        Task.Builder[] tasks = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> stopped(
                        "c" + i,
                        10 - i,
                        "TaskFailedToStart",
                        "Task failed to start",
                        container().setImage("example/nope:9").clearRuntimeId().setReason(reason)))
                .toArray(Task.Builder[]::new);
        shows(view(service()), view(failing(1), tasks[0]), view(failing(3), tasks));
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            throw FakeControlPlane.refusal(
                    Status.Code.NOT_FOUND, "TASK_NOT_FOUND", "the task has no container, so it wrote nothing");
        });

        create("bad-image");
    }

    @Test
    void containerThatExitsWith1() {
        shows(view(service()), view(failing(3), exited("c3", 2, 1), exited("c2", 6, 1), exited("c1", 12, 1)));
        wrote("starting", "reading /etc/web.conf", "fatal: /etc/web.conf: no such file");

        create("exit-1");
    }

    private static Task.Builder exited(String id, long secondsAgo, int exitCode) {
        return stopped(
                        id,
                        secondsAgo,
                        "EssentialContainerExited",
                        "Essential container in task exited",
                        container().setExitCode(exitCode))
                .setStartedAt(Scene.ago(secondsAgo + 1));
    }

    @Test
    void containerThatEndsByItselfWith0() {
        shows(view(failing(3), exited("c3", 2, 0)));
        wrote("done");

        create("exit-0");
    }

    @Test
    void containerThatIsKilledForItsMemory() {
        shows(view(
                failing(3),
                stopped(
                                "c3",
                                3,
                                "EssentialContainerExited",
                                "Essential container in task exited",
                                container()
                                        .setExitCode(137)
                                        .setReason("OutOfMemoryError: Container killed due to memory usage"))
                        .setStartedAt(Scene.ago(8))));
        wrote("loading the index", "loaded 40%", "loaded 80%");

        create("out-of-memory");
    }

    @Test
    void fixedPortThatAProcessOfTheHostHas() {
        shows(view(
                failing(3),
                stopped(
                        "c3",
                        3,
                        "TaskFailedToStart",
                        "Task failed to start",
                        container()
                                .setReason("CannotStartContainerError: driver failed programming external connectivity"
                                        + " on endpoint staithe-web-1-web: Error starting userland proxy: listen tcp4"
                                        + " 0.0.0.0:8080: bind: address already in use"))));
        wrote();

        create("port-taken");
    }

    @Test
    void healthCheckThatFails() {
        shows(
                view(service(), running("c1")),
                view(
                        failing(3),
                        stopped(
                                        "c3",
                                        3,
                                        "ServiceSchedulerInitiated",
                                        "Task failed container health checks",
                                        container()
                                                .setExitCode(143)
                                                .setHealthStatus("UNHEALTHY")
                                                .setHealthOutput("wget: can't connect to remote host (127.0.0.1):"
                                                        + " Connection refused\n"))
                                .setHealthStatus("UNHEALTHY")
                                .setStartedAt(Scene.ago(40))));
        wrote("listening on 127.0.0.1:9090");

        create("health-check-fails");
    }

    @Test
    void commandThatIsNotInTheImage() {
        shows(view(
                failing(3),
                stopped(
                        "c3",
                        3,
                        "TaskFailedToStart",
                        "Task failed to start",
                        container()
                                .setExitCode(127)
                                .setReason("CannotStartContainerError: failed to create task for container: failed to"
                                        + " create shim task: OCI runtime create failed: runc create failed: unable to"
                                        + " start container process: exec: \"serve\": executable file not found in"
                                        + " $PATH: unknown"))));
        wrote();

        create("command-not-found");
    }

    @Test
    void processThatCrashes() {
        shows(view(failing(3), exited("c3", 2, 139)));
        wrote("ready", "segmentation fault");

        create("killed-by-signal");
    }

    @Test
    void volumeThatCannotBeMounted() {
        shows(view(
                failing(3),
                stopped(
                        "c3",
                        3,
                        "TaskFailedToStart",
                        "Task failed to start",
                        container()
                                .clearRuntimeId()
                                .setReason("CannotCreateContainerError: invalid mount config for type \"bind\": bind"
                                        + " source path does not exist: /srv/missing"))));
        wrote();

        create("mount-fails");
    }

    @Test
    void sidecarThatTakesTheTaskDown() {
        shows(view(
                failing(3),
                exited("c3", 2, 143)
                        .addContainers(container()
                                .setName("proxy")
                                .setImage("example/proxy:4")
                                .setLastStatus("STOPPED")
                                .setExitCode(2))));
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            answers.onNext(log(request.getTask(), 3, "listening on 8080"));
            answers.onNext(log(request.getTask(), 2, "usage: proxy --upstream URL").toBuilder()
                    .setContainer("proxy")
                    .build());
            answers.onCompleted();
        });

        create("sidecar-exits");
    }

    @Test
    void memoryThatNoHostHas() {
        shows(view(
                service(deployment(DEPLOYMENT, "PRIMARY", "web:1", "IN_PROGRESS").toBuilder()
                                .setRunningCount(1)
                                .setHealthyCount(1)
                                .build())
                        .setPlacement(placement(
                                1,
                                verdict("host-a", "RESOURCE:MEMORY", "memory: needs 512 MiB, 128 of 1024 MiB free"),
                                verdict("host-b", "AGENT", "the agent has not been heard for 40s")))
                        .addEvents(event(
                                12,
                                "was unable to place a task because no container instance met all of its requirements."
                                        + " The closest matching (container-instance host-a) has insufficient memory"
                                        + " available.")),
                running("c1")));

        create("no-memory");
    }

    @Test
    void clusterWithoutHosts() {
        shows(view(service()
                .setPlacement(placement(2))
                .addEvents(event(
                        12,
                        "was unable to place a task because no container instance met all of its requirements. Reason:"
                                + " No Container Instances were found in your cluster."))));

        create("no-hosts");
    }

    @Test
    void fixedPortThatTheOlderTaskHas() {
        shows(view(
                service(
                                deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                                old(complete(DEPLOYMENT, "web:1")))
                        .setPlacement(placement(
                                2, verdict("host-a", "RESOURCE:PORTS", "port 8080/tcp is in use by task c1000000"))),
                running("c1"),
                running("c2")));

        update("older-task-has-port");
    }

    @Test
    void imageThatTakesTooLong() {
        shows(view(
                service(deployment(DEPLOYMENT, "PRIMARY", "web:1", "IN_PROGRESS").toBuilder()
                        .setRunningCount(1)
                        .setHealthyCount(1)
                        .setPendingCount(1)
                        .build()),
                running("c1").setHealthStatus("HEALTHY"),
                pending("c2").setPullStartedAt(Scene.ago(19))));
        wrote();

        create("slow-start", "--timeout", "20s");
    }

    @Test
    void deploymentThatANewerOneReplaces() {
        shows(
                view(service(
                        deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                        old(complete(DEPLOYMENT, "web:1")))),
                view(service(
                        deployment("ecs-svc/1000000000000000003", "PRIMARY", "web:3", "IN_PROGRESS"),
                        old(deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS")),
                        old(complete(DEPLOYMENT, "web:1")))));

        update("replaced-by-newer");
    }

    @Test
    void deploymentThatIsRolledBack() {
        Deployment failed = deployment(NEWER_DEPLOYMENT, "ACTIVE", "web:2", "FAILED").toBuilder()
                .setFailedTasks(3)
                .setRolloutStateReason("ECS deployment circuit breaker: tasks failed to start.")
                .build();
        Deployment rollback = deployment("ecs-svc/1000000000000000003", "PRIMARY", "web:1", "IN_PROGRESS").toBuilder()
                .setRolloutStateReason(
                        "ECS deployment circuit breaker: rolling back to deploymentId " + DEPLOYMENT + ".")
                .build();
        Deployment back = complete("ecs-svc/1000000000000000003", "web:1");
        shows(
                view(service(
                        deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                        old(complete(DEPLOYMENT, "web:1")))),
                view(service(
                        failed.toBuilder()
                                .setStatus("PRIMARY")
                                .setRollbackTo(DEPLOYMENT)
                                .build(),
                        old(complete(DEPLOYMENT, "web:1")))),
                view(
                        service(rollback, failed, old(complete(DEPLOYMENT, "web:1")))
                                .addEvents(event(1, "rolling back to deployment " + DEPLOYMENT + ".")),
                        exited("c9", 3, 1).setTaskDefinition("web:2").setStartedBy(NEWER_DEPLOYMENT)),
                view(
                        service(back).addEvents(event(1, "rolling back to deployment " + DEPLOYMENT + ".")),
                        exited("c9", 3, 1).setTaskDefinition("web:2").setStartedBy(NEWER_DEPLOYMENT),
                        exited("c8", 6, 1).setTaskDefinition("web:2").setStartedBy(NEWER_DEPLOYMENT)));
        wrote("fatal: unknown option --fast");

        update("rolled-back");
    }

    @Test
    void deploymentThatTheCircuitBreakerGivesUpForGood() {
        Deployment failed = deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "FAILED").toBuilder()
                .setFailedTasks(3)
                .setRolloutStateReason("ECS deployment circuit breaker: tasks failed to start.")
                .build();
        shows(
                view(service(
                        deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                        old(complete(DEPLOYMENT, "web:1")))),
                view(
                        service(failed, old(complete(DEPLOYMENT, "web:1")))
                                .addEvents(event(
                                        1,
                                        "(deployment " + NEWER_DEPLOYMENT
                                                + ") deployment failed: tasks failed to start.")),
                        exited("c9", 3, 1).setTaskDefinition("web:2").setStartedBy(NEWER_DEPLOYMENT)));
        wrote("fatal: unknown option --fast");

        update("given-up");
    }

    @Test
    void deploymentWhoseBoundsLeaveItNoMove() {
        shows(view(service(
                        deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:2", "IN_PROGRESS"),
                        old(complete(DEPLOYMENT, "web:1")))
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setMinimumHealthyPercent(100)
                        .setMaximumPercent(100))
                .addEvents(event(
                        1,
                        "was unable to stop or start tasks during a deployment because of the service deployment"
                                + " configuration. Update the minimumHealthyPercent or maximumPercent value and try"
                                + " again."))));

        update("stuck");
    }

    @Test
    void serviceThatIsDeletedMeanwhile() {
        shows(view(service()), view(service().setStatus("DRAINING")));

        create("deleted-meanwhile");
    }

    @Test
    void hostThatCannotBeAskedForTheLog() {
        shows(view(failing(3), exited("c3", 2, 1)));
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            throw FakeControlPlane.refusal(
                    Status.Code.UNAVAILABLE, "AGENT_UNREACHABLE", "the agent of host-a is not connected");
        });

        create("log-not-to-be-had");
    }

    @Test
    void tasksThatTheCircuitBreakerDoesNotCount() {
        Service.Builder service = failing(10);
        service.getDeploymentConfigurationBuilder()
                .getDeploymentCircuitBreakerBuilder()
                .setEnable(true)
                .setRollback(true);
        shows(view(service, exited("c3", 2, 1)));
        wrote("fatal: /etc/web.conf: no such file");

        create("breaker-not-tripped");
    }

    @Test
    void longLogsAreCutToTheLast20Lines() {
        List<LogLine> lines = IntStream.rangeClosed(1, 30)
                .mapToObj(i -> log("c3", 40 - i, "line " + i + " of a long log " + "x".repeat(i * 4)))
                .toList();
        shows(view(failing(3), exited("c3", 2, 1)));
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            lines.forEach(answers::onNext);
            answers.onCompleted();
        });

        create("long-log");
    }
}
