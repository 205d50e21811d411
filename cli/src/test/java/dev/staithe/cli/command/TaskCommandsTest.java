package dev.staithe.cli.command;

import static dev.staithe.cli.Scene.container;
import static dev.staithe.cli.Scene.log;
import static dev.staithe.cli.Scene.pending;
import static dev.staithe.cli.Scene.running;
import static dev.staithe.cli.Scene.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.Attribute;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DescribeContainerInstancesResponse;
import dev.staithe.proto.v1.DescribeTaskDefinitionResponse;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import dev.staithe.proto.v1.ListTagsForResourceResponse;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.ProtectedTask;
import dev.staithe.proto.v1.ReadLogsRequest;
import dev.staithe.proto.v1.Resource;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.StartTaskResponse;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.StopTaskResponse;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TagResourceRequest;
import dev.staithe.proto.v1.TagResourceResponse;
import dev.staithe.proto.v1.TagsGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UntagResourceRequest;
import dev.staithe.proto.v1.UntagResourceResponse;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import dev.staithe.proto.v1.UpdateTaskProtectionResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TaskCommandsTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    private static String transcript(Typed typed) {
        return typed.out() + "--- standard error\n" + typed.err() + "--- exit code " + typed.exitCode() + "\n";
    }

    private void runs(Task.Builder... later) {
        controlPlane.answer(
                TasksGrpc.getRunMethod(),
                request -> RunTaskResponse.newBuilder().addTasks(pending("c1")).build());
        watched(later);
        controlPlane.answer(
                TaskDefinitionsGrpc.getDescribeMethod(),
                request -> DescribeTaskDefinitionResponse.newBuilder()
                        .setTaskDefinition(TaskDefinition.newBuilder()
                                .addContainerDefinitions(
                                        ContainerDefinition.newBuilder().setName("job")))
                        .build());
    }

    /** What becomes of the task, one message after the other; the stream stays open. */
    private void watched(Task.Builder... later) {
        controlPlane.stream(TasksGrpc.getWatchMethod(), (request, answers) -> {
            answers.onNext(DescribeTasksResponse.newBuilder()
                    .addFailures(Failure.newBuilder().setReason("MISSING"))
                    .build());
            for (Task.Builder task : later) {
                answers.onNext(DescribeTasksResponse.newBuilder().addTasks(task).build());
            }
        });
    }

    private static Task.Builder ended(int exitCode) {
        return stopped(
                        "c1",
                        1,
                        "EssentialContainerExited",
                        "Essential container in task exited",
                        container().setExitCode(exitCode))
                .setGroup("family:web")
                .setStartedAt(Scene.ago(4));
    }

    @Test
    void runsATaskAndWaitsUntilItRuns() {
        runs(pending("c1"), running("c1").setGroup("family:web"));

        Typed typed = Typed.run(
                controlPlane,
                "task",
                "run",
                "web",
                "--override-env",
                "A=1",
                "--started-by",
                "me",
                "--",
                "./migrate",
                "-v");

        Golden.check("task-run", transcript(typed));
        RunTaskRequest request = controlPlane.last(RunTaskRequest.class);
        assertThat(request.getCount()).isEqualTo(1);
        assertThat(request.getStartedBy()).isEqualTo("me");
        assertThat(request.getOverrides().getContainerOverrides(0).getName()).isEqualTo("job");
        assertThat(request.getOverrides().getContainerOverrides(0).getCommandList())
                .containsExactly("./migrate", "-v");
    }

    @Test
    void waitsUntilATaskHasEndedWell() {
        runs(running("c1"), ended(0));

        assertThat(Typed.run(controlPlane, "task", "run", "web", "--wait").exitCode())
                .isZero();
    }

    @Test
    void showsWhyATaskFailed() {
        runs(ended(2));
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            answers.onNext(log(request.getTask(), 2, "cannot reach the database"));
            answers.onCompleted();
        });

        Golden.check("task-run-fails", transcript(Typed.run(controlPlane, "task", "run", "web", "--wait")));
    }

    @Test
    void theExitCodeOfATaskIsThatOfItsFirstEssentialContainerUnlessAnotherIsNamed() {
        Task.Builder task = ended(0).setTaskDefinition("web:1")
                .clearContainers()
                .addContainers(container().setName("proxy").setExitCode(143))
                .addContainers(container().setName("job").setExitCode(7));
        runs(task);
        controlPlane.answer(
                TaskDefinitionsGrpc.getDescribeMethod(),
                request -> DescribeTaskDefinitionResponse.newBuilder()
                        .setTaskDefinition(TaskDefinition.newBuilder()
                                .addContainerDefinitions(ContainerDefinition.newBuilder()
                                        .setName("proxy")
                                        .setEssential(false))
                                .addContainerDefinitions(
                                        ContainerDefinition.newBuilder().setName("job")))
                        .build());

        assertThat(Typed.run(controlPlane, "task", "run", "web", "--wait").exitCode())
                .isEqualTo(7);
        assertThat(Typed.run(controlPlane, "task", "run", "web", "--wait", "--container", "proxy")
                        .exitCode())
                .isEqualTo(143);
    }

    @Test
    void aTaskThatNeverRanHasNoExitCodeOfItsOwn() {
        runs(stopped("c1", 1, "TaskFailedToStart", "CannotPullContainerError", container()));

        assertThat(Typed.run(controlPlane, "task", "run", "web", "--wait").exitCode())
                .isEqualTo(4);
    }

    @Test
    void placesByRulesAndKeepsTagsWithTheTask() {
        runs(running("c1"));

        Typed typed = Typed.run(
                controlPlane,
                "task",
                "run",
                "web",
                "--constraint",
                "memberOf(attribute:rack == 7)",
                "--strategy",
                "binpack:memory",
                "--tag",
                "team=shop",
                "--propagate-tags",
                "--enable-execute-command",
                "--reference",
                "job-7");

        assertThat(typed.exitCode()).isZero();
        RunTaskRequest request = controlPlane.last(RunTaskRequest.class);
        assertThat(request.getPlacementConstraints(0).getExpression()).isEqualTo("attribute:rack == 7");
        assertThat(request.getPlacementStrategy(0).getField()).isEqualTo("memory");
        assertThat(request.getTags(0).getKey()).isEqualTo("team");
        assertThat(request.getPropagateTags()).isEqualTo("TASK_DEFINITION");
        assertThat(request.getEnableExecuteCommand()).isTrue();
        assertThat(request.getReferenceId()).isEqualTo("job-7");
    }

    @Test
    void startsATaskOnEachNamedHost() {
        controlPlane.answer(
                TasksGrpc.getStartMethod(),
                request -> StartTaskResponse.newBuilder()
                        .addTasks(pending("c1").setGroup("family:web"))
                        .addFailures(Failure.newBuilder()
                                .setResource("b".repeat(32))
                                .setReason("AGENT")
                                .setDetail("host-b: its agent is not connected"))
                        .build());
        watched(running("c1").setGroup("family:web"));

        Typed typed = Typed.run(controlPlane, "task", "start", "web", "--on", "host-a", "--on", "host-b");

        Golden.check("task-start", transcript(typed));
        assertThat(controlPlane.last(StartTaskRequest.class).getContainerInstancesList())
                .containsExactly("host-a", "host-b");
    }

    @Test
    void saysThatAClusterWithoutHostsCannotPlaceTasks() {
        controlPlane.answer(TasksGrpc.getRunMethod(), request -> {
            throw FakeControlPlane.refusal(
                    Status.Code.FAILED_PRECONDITION,
                    "NO_CONTAINER_INSTANCES",
                    "No Container Instances were found in your cluster. (start an agent for cluster default)");
        });

        assertThat(Typed.run(controlPlane, "task", "run", "web").exitCode()).isEqualTo(5);
    }

    @Test
    void protectsTasksForAWhile() {
        controlPlane.answer(
                TasksGrpc.getUpdateProtectionMethod(),
                request -> UpdateTaskProtectionResponse.newBuilder()
                        .addProtectedTasks(ProtectedTask.newBuilder()
                                .setTaskId("c1" + "0".repeat(30))
                                .setProtectionEnabled(request.getProtectionEnabled())
                                .setExpirationDate(Scene.ago(-5400)))
                        .addAllFailures(
                                request.getTasksCount() == 1
                                        ? List.of()
                                        : List.of(Failure.newBuilder()
                                                .setResource("c2" + "0".repeat(30))
                                                .setReason("TASK_NOT_VALID")
                                                .setDetail("the task is of no service")
                                                .build()))
                        .build());

        Typed typed = Typed.run(controlPlane, "task", "protect", "c1000000", "c2000000", "--for", "90m");
        Golden.check("task-protect", transcript(typed));
        assertThat(controlPlane.last(UpdateTaskProtectionRequest.class).getExpiresInMinutes())
                .isEqualTo(90);

        assertThat(Typed.run(controlPlane, "task", "unprotect", "c1000000").exitCode())
                .isZero();
        assertThat(controlPlane.last(UpdateTaskProtectionRequest.class).getProtectionEnabled())
                .isFalse();
    }

    @Test
    void setsDeletesAndListsTags() {
        controlPlane.answer(TagsGrpc.getTagMethod(), request -> TagResourceResponse.getDefaultInstance());
        controlPlane.answer(TagsGrpc.getUntagMethod(), request -> UntagResourceResponse.getDefaultInstance());
        controlPlane.answer(
                TagsGrpc.getListMethod(),
                request -> ListTagsForResourceResponse.newBuilder()
                        .addTags(Tag.newBuilder().setKey("team").setValue("shop"))
                        .build());

        assertThat(Typed.run(controlPlane, "tag", "set", "service/web", "team=shop"))
                .isEqualTo(new Typed(0, "TAG   VALUE\nteam  shop\n", ""));
        assertThat(controlPlane.last(TagResourceRequest.class).getResource()).isEqualTo("service/web");
        assertThat(Typed.run(controlPlane, "tag", "delete", "task/c1000000", "stage", "who")
                        .exitCode())
                .isZero();
        assertThat(controlPlane.last(UntagResourceRequest.class).getTagKeysList())
                .containsExactly("stage", "who");
        assertThat(Typed.run(controlPlane, "tag", "list", "cluster/default", "-o", "name"))
                .isEqualTo(new Typed(0, "team\n", ""));
        assertThat(Typed.run(controlPlane, "tag", "set", "service/web", "team"))
                .isEqualTo(new Typed(64, "", "error: tag: team (expected: KEY=VALUE)\n"));
    }

    @Test
    void saysHostByHostWhyATaskCannotBePlaced() {
        controlPlane.answer(
                TasksGrpc.getRunMethod(),
                request -> RunTaskResponse.newBuilder()
                        .addFailures(Failure.newBuilder()
                                .setResource("host-a")
                                .setReason("RESOURCE:MEMORY")
                                .setDetail("memory: needs 512 MiB, 128 of 1024 MiB free"))
                        .build());

        Golden.check("task-run-not-placed", transcript(Typed.run(controlPlane, "task", "run", "web")));
    }

    @Test
    void stopsATaskByItsNumberInAService() {
        controlPlane.answer(
                TasksGrpc.getListMethod(),
                request -> ListTasksResponse.newBuilder()
                        .addTasks(running("c2").setCreatedAt(Scene.ago(1)))
                        .addTasks(running("c1"))
                        .build());
        controlPlane.answer(
                TasksGrpc.getStopMethod(),
                request -> StopTaskResponse.newBuilder()
                        .setTask(running("c2").setLastStatus("STOPPING"))
                        .build());
        watched(ended(143));

        Typed typed = Typed.run(controlPlane, "task", "stop", "web/2", "--reason", "stuck");

        assertThat(typed.exitCode()).isZero();
        assertThat(controlPlane.last(StopTaskRequest.class).getTask()).startsWith("c2");
        assertThat(controlPlane.last(StopTaskRequest.class).getReason()).isEqualTo("stuck");
        assertThat(Typed.run(controlPlane, "task", "stop", "web/9").err())
                .startsWith("error: there is no task web/9 (expected: web/1 to web/2)\n");
    }

    @Test
    void listsAndDescribesTasks() {
        controlPlane.answer(
                TasksGrpc.getListMethod(),
                request -> ListTasksResponse.newBuilder()
                        .addTasks(running("c1"))
                        .addTasks(ended(1))
                        .build());
        controlPlane.answer(
                TasksGrpc.getDescribeMethod(),
                request -> request.getTasks(0).equals("nope")
                        ? DescribeTasksResponse.getDefaultInstance()
                        : DescribeTasksResponse.newBuilder().addTasks(ended(1)).build());

        Golden.check("task-list", transcript(Typed.run(controlPlane, "task", "list", "--status", "all")));
        Golden.check("task-describe", transcript(Typed.run(controlPlane, "task", "describe", "c1")));
        assertThat(controlPlane.last(DescribeTasksRequest.class).getTasksList()).containsExactly("c1");
        assertThat(Typed.run(controlPlane, "task", "describe", "nope").exitCode())
                .isEqualTo(7);
    }

    @Test
    void showsHowFarTheImageOfAPendingTaskHasCome() {
        Task.Builder task = running("c1").setLastStatus("PENDING");
        task.getContainersBuilder(0).setLastStatus("PENDING").setPullProgress("pulling 12.3 MB of 45.6 MB");
        Task pending = task.build();
        controlPlane.answer(
                TasksGrpc.getDescribeMethod(),
                request -> DescribeTasksResponse.newBuilder().addTasks(pending).build());

        assertThat(Typed.run(controlPlane, "task", "describe", "c1").out())
                .contains("PENDING (pulling 12.3 MB of 45.6 MB)");
        assertThat(TaskView.pulls(List.of(pending, pending, running("c2").build())))
                .isEqualTo(pending.getContainers(0).getName() + ": pulling 12.3 MB of 45.6 MB");
    }

    @Test
    void followsTheLogOfATaskUntilItStops() {
        controlPlane.answer(
                TasksGrpc.getDescribeMethod(),
                request -> DescribeTasksResponse.newBuilder()
                        .addTasks(running("c1"))
                        .build());
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            answers.onNext(log(request.getTask(), 2, "one"));
            answers.onNext(log(request.getTask(), 1, "two"));
            answers.onCompleted();
        });

        assertThat(Typed.run(controlPlane, "task", "logs", "-f", "c1", "--tail", "5"))
                .isEqualTo(new Typed(0, "web/web | one\nweb/web | two\n", ""));
        assertThat(controlPlane.last(ReadLogsRequest.class).getFollow()).isTrue();
        assertThat(Typed.run(controlPlane, "task", "logs", "c1", "-o", "json")
                        .out()
                        .lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"time\":"));
    }

    @Test
    void readsALogOnWhereItBrokeAndRepeatsNothing() {
        controlPlane.answer(
                TasksGrpc.getDescribeMethod(),
                request -> DescribeTasksResponse.newBuilder()
                        .addTasks(running("c1"))
                        .build());
        List<ReadLogsRequest> asked = new CopyOnWriteArrayList<>();
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            asked.add(request);
            if (asked.size() == 1) {
                answers.onNext(log(request.getTask(), 3, "one"));
                answers.onNext(log(request.getTask(), 2, "two"));
                answers.onNext(log(request.getTask(), 2, "three"));
                throw FakeControlPlane.refusal(
                        Status.Code.UNAVAILABLE, "AGENT_UNREACHABLE", "the agent is not connected any more", Map.of());
            }
            if (asked.size() == 2) {
                throw Status.UNAVAILABLE.asRuntimeException();
            }
            answers.onNext(log(request.getTask(), 2, "two"));
            answers.onNext(log(request.getTask(), 2, "three"));
            answers.onNext(log(request.getTask(), 2, "four"));
            answers.onCompleted();
        });

        Typed typed = Typed.run(controlPlane, "task", "logs", "-f", "c1", "web", "--since", "10m");

        assertThat(typed.out()).isEqualTo("web/web | one\nweb/web | two\nweb/web | three\nweb/web | four\n");
        assertThat(typed.exitCode()).isZero();
        assertThat(asked.getFirst().getContainer()).isEqualTo("web");
        assertThat(asked.getFirst().getSince()).isEqualTo(Scene.ago(600));
        assertThat(asked.getLast().getSince()).isEqualTo(Scene.ago(2));
    }

    @Test
    void failsWhenThereIsNothingButTheReason() {
        controlPlane.answer(
                TasksGrpc.getDescribeMethod(),
                request -> DescribeTasksResponse.newBuilder()
                        .addTasks(running("c1"))
                        .build());
        controlPlane.stream(LogsGrpc.getReadMethod(), (request, answers) -> {
            throw FakeControlPlane.refusal(
                    Status.Code.FAILED_PRECONDITION, "LOG_UNREADABLE", "log driver none", Map.of());
        });

        Typed typed = Typed.run(controlPlane, "task", "logs", "c1");

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).isEqualTo("note: no log of task c1000000 on host-a: log driver none\n");
    }

    @Test
    void readsTimesInSeveralForms() {
        assertThat(LogOptions.since("90s", Typed.NOW)).isEqualTo(Typed.NOW.minusSeconds(90));
        assertThat(LogOptions.since("2026-03-01T12:00:00Z", Typed.NOW)).isEqualTo(Typed.NOW);
        assertThat(LogOptions.since("2026-03-01T14:00:00+02:00", Typed.NOW)).isEqualTo(Typed.NOW);
        assertThat(Typed.run(controlPlane, "task", "logs", "c1", "--since", "yesterday")
                        .err())
                .contains("--since: yesterday (expected: a duration such as 10m");
    }

    @Test
    void listsAndDescribesHosts() {
        ContainerInstance host = ContainerInstance.newBuilder()
                .setContainerInstanceId("b".repeat(32))
                .setCluster("default")
                .setHostName("host-a")
                .setAddress("10.0.0.7")
                .setStatus("ACTIVE")
                .setAgentConnected(true)
                .setAgentVersion("0.1.0")
                .setDockerVersion("20.10.24")
                .setRunningTasksCount(2)
                .addRegisteredResources(Resource.newBuilder().setName("CPU").setIntegerValue(2048))
                .addRegisteredResources(Resource.newBuilder().setName("MEMORY").setIntegerValue(3500))
                .addRegisteredResources(Resource.newBuilder().setName("PORTS").addStringSetValue("22"))
                .addRemainingResources(Resource.newBuilder().setName("CPU").setIntegerValue(1024))
                .addRemainingResources(Resource.newBuilder().setName("MEMORY").setIntegerValue(500))
                .addRemainingResources(Resource.newBuilder()
                        .setName("PORTS")
                        .addStringSetValue("22")
                        .addStringSetValue("80"))
                .addAttributes(Attribute.newBuilder().setName("ecs.os-type").setValue("linux"))
                .addTags(Tag.newBuilder().setKey("team").setValue("web"))
                .setRegisteredAt(Scene.ago(7200))
                .build();
        controlPlane.answer(
                TasksGrpc.getListMethod(),
                request -> ListTasksResponse.newBuilder()
                        .addTasks(Scene.running("11111111"))
                        .build());
        controlPlane.answer(
                ContainerInstancesGrpc.getListMethod(),
                request -> ListContainerInstancesResponse.newBuilder()
                        .addContainerInstances(host)
                        .build());
        controlPlane.answer(
                ContainerInstancesGrpc.getDescribeMethod(),
                request -> request.getContainerInstances(0).equals("host-a")
                        ? DescribeContainerInstancesResponse.newBuilder()
                                .addContainerInstances(host)
                                .build()
                        : DescribeContainerInstancesResponse.getDefaultInstance());

        Golden.check("instance-list", transcript(Typed.run(controlPlane, "instance", "list")));
        Golden.check("instance-describe", transcript(Typed.run(controlPlane, "instance", "describe", "host-a")));
        assertThat(Typed.run(controlPlane, "container-instance", "describe", "nope")
                        .exitCode())
                .isEqualTo(7);
    }
}
