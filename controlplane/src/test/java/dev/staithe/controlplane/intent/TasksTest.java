package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskOverride;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TasksTest {
    private final World world = new World();
    private final FakeLeader leader = new FakeLeader(world);
    private final Tasks tasks = new Tasks(leader, world.environment);

    @BeforeEach
    void registerAndJoin() throws IntentException {
        world.clusters.ensureDefault();
        world.definitions.register(World.definition("job"));
        world.put(World.instance("1".repeat(32), "default", "host-a"));
    }

    record Case(String line, Consumer<RunTaskRequest.Builder> change) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Case> refused() {
        return Stream.of(
                new Case("taskDefinition: empty (expected: family or family:revision)", r -> r.setTaskDefinition("")),
                new Case("count: 0 (expected: 1-10)", r -> r.setCount(0)),
                new Case("count: 11 (expected: 1-10)", r -> r.setCount(11)),
                new Case(
                        "group: service:web (expected: a group that does not begin with service:)",
                        r -> r.setGroup("service:web")),
                new Case("launchType: FARGATE is not supported yet (expected: EC2)", r -> r.setLaunchType("FARGATE")),
                new Case("launchType: MOON (expected: EC2)", r -> r.setLaunchType("MOON")),
                new Case(
                        "propagateTags: SERVICE (expected: TASK_DEFINITION or NONE)",
                        r -> r.setPropagateTags("SERVICE")),
                new Case(
                        "tags[0].key: aws:x (expected: a key that does not begin with aws:)",
                        r -> r.addTags(tag("aws:x", ""))),
                new Case(
                        "referenceId: 1025 characters (expected: at most 1024)",
                        r -> r.setReferenceId("x".repeat(1025))),
                new Case(
                        "overrides: 8231 characters of JSON (expected: at most 8192)",
                        r -> r.setOverrides(container(o -> o.addCommand("x".repeat(8176))))),
                new Case(
                        "placementConstraints[0].type: close (expected: distinctInstance or memberOf)",
                        r -> r.addPlacementConstraints(
                                PlacementConstraint.newBuilder().setType("close"))),
                new Case(
                        "placementStrategy[0].field: empty (expected: cpu or memory)",
                        r -> r.addPlacementStrategy(
                                PlacementStrategy.newBuilder().setType("BinPack"))),
                new Case("startedBy: 129 characters (expected: at most 128)", r -> r.setStartedBy("x".repeat(129))),
                new Case(
                        "overrides.containerOverrides[0].name: other (expected: a container of job)",
                        r -> r.setOverrides(container(o -> o.setName("other")))),
                new Case(
                        "overrides.containerOverrides[0].memory: 5 (expected: 6-33554432 MiB)",
                        r -> r.setOverrides(container(o -> o.setMemory(5)))),
                new Case(
                        "overrides.containerOverrides[0].memory: 32 (expected: more than the memoryReservation, 64)",
                        r -> r.setOverrides(container(o -> o.setMemoryReservation(64)))),
                new Case(
                        "overrides.cpu: half (expected: CPU units from 1 to 196608 such as 256, or 0.25 vCPU)",
                        r -> r.setOverrides(TaskOverride.newBuilder().setCpu("half"))));
    }

    private static TaskOverride.Builder container(Consumer<ContainerOverride.Builder> change) {
        ContainerOverride.Builder override = ContainerOverride.newBuilder().setName("main");
        change.accept(override);
        return TaskOverride.newBuilder().addContainerOverrides(override);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithTheFieldTheValueAndWhatIsExpected(Case refused) {
        RunTaskRequest.Builder request = RunTaskRequest.newBuilder().setTaskDefinition("job");
        refused.change().accept(request);

        assertThat(refusal(() -> tasks.run(request.build())).violations())
                .extracting(Violation::line)
                .containsExactly(refused.line());
        assertThat(leader.told).isEmpty();
    }

    @Test
    void handsTheLeaderACompleteCommand() throws IntentException {
        tasks.run(RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setOverrides(TaskOverride.newBuilder().setCpu("1 vCPU").setMemory("1GB"))
                .build());

        TaskCommands.RunTasks command = leader.told(TaskCommands.RunTasks.class).getFirst();
        assertThat(command.template().cluster()).isEqualTo("default");
        assertThat(command.template().taskDefinition()).isEqualTo(new TaskDefinitionRef("job", 1));
        assertThat(command.count()).isEqualTo(1);
        assertThat(command.template().group()).isEqualTo("family:job");
        assertThat(command.template().overrides())
                .isEqualTo(TaskOverride.newBuilder()
                        .setCpu("1024")
                        .setMemory("1024")
                        .build());
    }

    private List<TaskCommands.RunTasks> runs() {
        return leader.told(TaskCommands.RunTasks.class);
    }

    @Test
    void derivesTheSameTaskIdsFromTheSameToken() throws IntentException {
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setClientToken("t1")
                .build();

        tasks.run(request);
        tasks.run(request);
        tasks.run(request.toBuilder().clearClientToken().build());

        assertThat(runs().get(1)).isEqualTo(runs().get(0));
        assertThat(runs().get(2).seed()).isNotEqualTo(runs().get(0).seed());
        assertThat(runs().get(2).requestDigest()).isEmpty();
    }

    @Test
    void aTokenThatWasUsedAnswersWithItsTasksWhateverHasBecomeOfTheDefinition() throws IntentException {
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setCount(2)
                .setClientToken("t1")
                .build();
        tasks.run(request);
        TaskCommands.RunTasks first = runs().getFirst();
        world.put(new UsedToken("default", first.seed(), first.requestDigest().orElseThrow(), 2, 1));
        world.put(standalone(UsedToken.taskId(first.seed(), 0)));
        world.definitions.deregister("job:1");

        TaskCommands.Outcome again = tasks.run(request).value();

        assertThat(again.tasks()).extracting(Task::id).containsExactly(UsedToken.taskId(first.seed(), 0));
        assertThat(again.failures()).singleElement().satisfies(f -> {
            assertThat(f.getReason()).isEqualTo("MISSING");
            assertThat(f.getResource()).isEqualTo(UsedToken.taskId(first.seed(), 1));
        });
        assertThat(runs()).hasSize(1);
    }

    @Test
    void refusesATokenThatWasUsedForAnotherRequestAndNamesItsTasks() throws IntentException {
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setClientToken("t1")
                .build();
        tasks.run(request);
        TaskCommands.RunTasks first = runs().getFirst();
        world.put(new UsedToken("default", first.seed(), first.requestDigest().orElseThrow(), 1, 1));

        IntentException refused =
                refusal(() -> tasks.run(request.toBuilder().setStartedBy("me").build()));

        assertThat(refused.reason()).isEqualTo(Reason.CONFLICT);
        assertThat(refused.metadata()).containsEntry("resourceIds", UsedToken.taskId(first.seed(), 0));
        assertThat(tasks.run(request).value().failures()).hasSize(1);
    }

    @Test
    void refusesAClusterWithoutHosts() throws IntentException {
        world.clusters.create(dev.staithe.proto.v1.CreateClusterRequest.newBuilder()
                .setClusterName("empty")
                .build());

        assertThat(refusal(() -> tasks.run(RunTaskRequest.newBuilder()
                        .setCluster("empty")
                        .setTaskDefinition("job")
                        .build())))
                .hasMessage("No Container Instances were found in your cluster. (start an agent for cluster empty)");
    }

    @Test
    void propagatesTheTagsOfTheDefinitionAndPrefersThoseOfTheRequest() throws IntentException {
        world.definitions.register(World.definition("job").toBuilder()
                .addTags(tag("team", "a"))
                .addTags(tag("stage", "test"))
                .build());

        tasks.run(RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .addTags(tag("stage", "prod"))
                .addTags(tag("who", "me"))
                .setPropagateTags("TASK_DEFINITION")
                .build());

        assertThat(runs().getFirst().template().tags())
                .containsExactly(tag("team", "a"), tag("stage", "prod"), tag("who", "me"));
    }

    @Test
    void enablesCommandsInTasksOfTheirOwnOnRequest() throws IntentException {
        tasks.run(RunTaskRequest.newBuilder().setTaskDefinition("job").build());
        tasks.run(RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setEnableExecuteCommand(true)
                .build());

        assertThat(runs()).extracting(run -> run.template().executeCommand()).containsExactly(false, true);
    }

    private static Tag tag(String key, String value) {
        return Tag.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void startsOneTaskOnEachInstanceThatIsNamed() throws IntentException {
        world.put(World.instance("2".repeat(32), "default", "host-b"));

        TaskCommands.Outcome outcome = tasks.start(StartTaskRequest.newBuilder()
                        .setTaskDefinition("job")
                        .addContainerInstances("host-b")
                        .addContainerInstances("nowhere")
                        .addContainerInstances("1111")
                        .build())
                .value();

        assertThat(leader.told(TaskCommands.StartTasks.class))
                .singleElement()
                .satisfies(c -> assertThat(c.instanceIds()).containsExactly("2".repeat(32), "1".repeat(32)));
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(f -> assertThat(f.getResource() + f.getReason()).isEqualTo("nowhereMISSING"));
    }

    @Test
    void refusesToStartTwiceOnOneInstance() {
        IntentException refused = refusal(() -> tasks.start(StartTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .addContainerInstances("host-a")
                .addContainerInstances("1111")
                .build()));

        assertThat(refused)
                .hasMessage("containerInstances: 1111 is named twice (expected: each container instance once)");
        assertThat(leader.told).isEmpty();
    }

    @Test
    void protectsForTwoHoursUnlessAskedOtherwise() throws IntentException {
        String id = "abcd" + "0".repeat(28);
        world.put(standalone(id));
        UpdateTaskProtectionRequest request = UpdateTaskProtectionRequest.newBuilder()
                .addTasks("abcd")
                .addTasks("dcba")
                .setProtectionEnabled(true)
                .build();

        assertThat(tasks.protect(request).value().failures())
                .singleElement()
                .satisfies(
                        f -> assertThat(f.getResource() + " " + f.getReason()).isEqualTo("dcba MISSING"));
        tasks.protect(request.toBuilder().setExpiresInMinutes(2880).build());
        tasks.protect(request.toBuilder().setProtectionEnabled(false).build());

        assertThat(leader.told)
                .containsExactly(
                        new TaskCommands.ProtectTasks(List.of(id), Duration.ofHours(2)),
                        new TaskCommands.ProtectTasks(List.of(id), Duration.ofHours(48)),
                        new TaskCommands.ProtectTasks(List.of(id), Duration.ZERO));
        assertThat(refusal(() ->
                        tasks.protect(request.toBuilder().setExpiresInMinutes(0).build())))
                .hasMessage("expiresInMinutes: 0 (expected: 1-2880)");
    }

    @Test
    void refusesAnInactiveTaskDefinition() throws IntentException {
        world.definitions.deregister("job:1");

        assertThat(refusal(() -> tasks.run(RunTaskRequest.newBuilder()
                                .setTaskDefinition("job:1")
                                .build()))
                        .reason())
                .isEqualTo(Reason.TASK_DEFINITION_INACTIVE);
    }

    @Test
    void saysWhereTheLeaderIsBeforeAnythingElse() {
        leader.failsWith(IntentException.notLeader("10.0.0.2:7070"));

        IntentException refused = refusal(() -> tasks.stop(StopTaskRequest.getDefaultInstance()));

        assertThat(refused.reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(refused.metadata()).containsEntry("leader", "10.0.0.2:7070");
    }

    @Test
    void stopsTheOnlyTaskWhoseIdBeginsSo() throws IntentException {
        world.put(standalone("abcd" + "0".repeat(28)));
        world.put(standalone("abce" + "0".repeat(28)));

        tasks.stop(StopTaskRequest.newBuilder().setTask("abcd").build());

        assertThat(leader.told)
                .containsExactly(new TaskCommands.StopTask("abcd" + "0".repeat(28), "Task stopped by user"));
    }

    @Test
    void stopsNothingWhenSeveralIdsBeginSo() {
        world.put(standalone("abcd0" + "0".repeat(27)));
        world.put(standalone("abcd1" + "0".repeat(27)));

        IntentException refused = refusal(
                () -> tasks.stop(StopTaskRequest.newBuilder().setTask("abcd").build()));

        assertThat(refused.reason()).isEqualTo(Reason.AMBIGUOUS);
        assertThat(refused).hasMessageContaining("abcd0").hasMessageContaining("abcd1");
        assertThat(leader.told).isEmpty();
    }

    @Test
    void saysThatThereIsNoSuchTask() {
        assertThat(refusal(() ->
                        tasks.stop(StopTaskRequest.newBuilder().setTask("abcd").build())))
                .hasMessage("The referenced task was not found: abcd in cluster default");
        assertThat(refusal(() ->
                        tasks.stop(StopTaskRequest.newBuilder().setTask("abc").build())))
                .hasMessage("task: abc (expected: a task's id or 4 and more of its first digits, 0-9 a-f)");
    }

    private Task standalone(String id) {
        Service service = new Service(
                "",
                "default",
                "job",
                new TaskDefinitionRef("job", 1),
                1,
                dev.staithe.proto.v1.DeploymentConfiguration.getDefaultInstance(),
                1,
                0,
                false,
                "",
                0,
                List.of(),
                Scheduling.REPLICA,
                Origin.CREATED,
                0);
        Task task = World.task(service, id, TaskStatus.RUNNING);
        return new Task(
                id,
                task.cluster(),
                task.taskDefinition(),
                task.instanceId(),
                "family:job",
                "",
                "",
                0,
                false,
                TaskStatus.RUNNING,
                1,
                1,
                "",
                "",
                List.of(),
                task.times(),
                TaskOverride.getDefaultInstance(),
                Demand.of(World.definition("job")),
                Task.Marks.NONE);
    }

    private static IntentException refusal(ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
