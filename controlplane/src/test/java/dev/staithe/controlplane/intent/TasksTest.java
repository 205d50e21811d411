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
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TasksTest {
    private final World world = new World();
    private final Leader leader = new Leader();
    private final Tasks tasks = new Tasks(leader, world.environment);

    /** A leader that notes what it is told. */
    private final class Leader implements TaskCommands {
        private final List<RunTaskCommand> runs = new ArrayList<>();
        private final List<StopTaskCommand> stops = new ArrayList<>();
        private Optional<IntentException> elsewhere = Optional.empty();

        @Override
        public ClusterState leaderState() throws IntentException {
            if (elsewhere.isPresent()) {
                throw elsewhere.get();
            }
            return world.state();
        }

        @Override
        public RunTaskResult run(RunTaskCommand command) {
            runs.add(command);
            return new RunTaskResult(List.of(), List.of(), 1);
        }

        @Override
        public StopTaskResult stop(StopTaskCommand command) {
            stops.add(command);
            return new StopTaskResult(world.state().task(command.taskId()).orElseThrow(), 1);
        }
    }

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
        assertThat(leader.runs).isEmpty();
    }

    @Test
    void handsTheLeaderACompleteCommand() throws IntentException {
        tasks.run(RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setOverrides(TaskOverride.newBuilder().setCpu("1 vCPU").setMemory("1GB"))
                .build());

        TaskCommands.RunTaskCommand command = leader.runs.getFirst();
        assertThat(command.cluster()).isEqualTo("default");
        assertThat(command.taskDefinition()).isEqualTo(new TaskDefinitionRef("job", 1));
        assertThat(command.count()).isEqualTo(1);
        assertThat(command.group()).isEqualTo("family:job");
        assertThat(command.overrides())
                .isEqualTo(TaskOverride.newBuilder()
                        .setCpu("1024")
                        .setMemory("1024")
                        .build());
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

        assertThat(leader.runs.get(1).taskId(0)).isEqualTo(leader.runs.get(0).taskId(0));
        assertThat(leader.runs.get(2).taskId(0)).isNotEqualTo(leader.runs.get(0).taskId(0));
    }

    @Test
    void refusesATokenThatWasUsedForAnotherRequest() throws IntentException {
        RunTaskRequest request = RunTaskRequest.newBuilder()
                .setTaskDefinition("job")
                .setClientToken("t1")
                .build();
        tasks.run(request);
        world.put(standalone(leader.runs.getFirst().taskId(0)));

        assertThat(refusal(() ->
                                tasks.run(request.toBuilder().setStartedBy("me").build()))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        tasks.run(request);
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
        leader.elsewhere = Optional.of(IntentException.notLeader("10.0.0.2:7070"));

        IntentException refused = refusal(() -> tasks.stop(StopTaskRequest.getDefaultInstance()));

        assertThat(refused.reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(refused.metadata()).containsEntry("leader", "10.0.0.2:7070");
    }

    @Test
    void stopsTheOnlyTaskWhoseIdBeginsSo() throws IntentException {
        world.put(standalone("abcd" + "0".repeat(28)));
        world.put(standalone("abce" + "0".repeat(28)));

        tasks.stop(StopTaskRequest.newBuilder().setTask("abcd").build());

        assertThat(leader.stops)
                .containsExactly(
                        new TaskCommands.StopTaskCommand("default", "abcd" + "0".repeat(28), "Task stopped by user"));
    }

    @Test
    void stopsNothingWhenSeveralIdsBeginSo() {
        world.put(standalone("abcd0" + "0".repeat(27)));
        world.put(standalone("abcd1" + "0".repeat(27)));

        IntentException refused = refusal(
                () -> tasks.stop(StopTaskRequest.newBuilder().setTask("abcd").build()));

        assertThat(refused.reason()).isEqualTo(Reason.AMBIGUOUS);
        assertThat(refused).hasMessageContaining("abcd0").hasMessageContaining("abcd1");
        assertThat(leader.stops).isEmpty();
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
