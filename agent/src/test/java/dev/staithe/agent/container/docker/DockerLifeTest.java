package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.cgroup.TaskCgroups;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Seen;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How containers end and begin again on a real engine, and what those of one task may take together. */
final class DockerLifeTest {
    private static final String TASK = "00000000000000000000000000000abc";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long MIB = 1 << 20;

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private final TaskDefinition.Builder definition =
            TaskDefinition.newBuilder().setFamily("test").setRevision(1);

    @AfterEach
    void cleanUp() throws ContainerFault {
        for (ContainerView container : runtime.list()) {
            runtime.stop(container.id(), Duration.ZERO);
            runtime.remove(container.id());
        }
        for (String task : runtime.taskGroups()) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                runtime.removeTaskGroup(task);
                return true;
            });
        }
        engine.close();
    }

    /** The same container: its log goes on, and its runs are told apart. */
    @Test
    void aContainerThatIsStartedAgainHasAnotherRun() throws ContainerFault {
        String id = start(shell("app", "echo run; exit 3"));
        ContainerView first = ended(id);
        LocalContainer awaited =
                Observation.seen(LocalContainer.waiting("app", "image"), first).toRestart();

        runtime.start(id);
        await().atMost(PATIENCE)
                .until(() ->
                        view(id).state() == State.STOPPED && view(id).startedAtMillis() != first.startedAtMillis());

        LocalContainer again = Observation.seen(awaited, view(id));
        assertThat(Observation.seen(awaited, first)).as("a late look").isEqualTo(awaited);
        assertThat(again.over()).isTrue();
        assertThat(again.exitCode()).hasValue(3);
        assertThat(again.run().restarts()).isEqualTo(1);
        assertThat(again.run().finishedAt()).isGreaterThanOrEqualTo(again.startedAt());
        Seen said = new Seen();
        runtime.logs(id, LogRequest.whole(false), said);
        await().until(() -> !said.ends().isEmpty());
        assertThat(said.stdout()).containsExactly("run", "run");
    }

    @Test
    void aKillForLackOfMemoryIsToldApartAlsoWhenItMeetsAChild() throws ContainerFault {
        String id = start(shell("app", "head -c 60000000 /dev/zero | tail -c 50000000 > /dev/null; exit 7")
                .setMemory(16));

        ContainerView view = ended(id);

        assertThat(view.exitCode()).hasValue(7);
        assertThat(Observation.seen(LocalContainer.waiting("app", "image"), view)
                        .reason())
                .isEqualTo("OutOfMemoryError: Container killed due to memory usage");
    }

    /** Each alone may have 64 MiB, and takes 40; both together may have no more. */
    @Test
    void containersOfATaskTakeNoMoreTogetherThanTheTaskMay() throws Exception {
        assumeThat(runtime.engine().taskGroups()).isTrue();
        definition.setCpu("256").setMemory("64");
        String fills = "head -c 40000000 /dev/zero > /dev/shm/full && echo full && sleep 3600";

        String one = start(shell("one", fills));
        await().atMost(PATIENCE).until(() -> limits().peak() > 38 * MIB);
        String other = start(shell("other", fills));
        await().atMost(PATIENCE)
                .until(() -> view(one).state() == State.STOPPED || view(other).state() == State.STOPPED);

        assertThat(limits().peak()).isLessThanOrEqualTo(64 * MIB);
        assertThat(limits().memory()).isEqualTo(64 * MIB);
        assertThat(limits().cpu()).isEqualTo("25000 100000");
    }

    @Test
    void aTasksGroupGoesWhenNothingIsInItAndNoSooner() throws Exception {
        assumeThat(runtime.engine().taskGroups()).isTrue();
        definition.setMemory("64");
        String id = start(shell("app", "sleep 3600"));

        assertThat(runtime.taskGroups()).containsExactly(TASK);
        assertThatThrownBy(() -> runtime.removeTaskGroup(TASK))
                .isInstanceOf(ContainerFault.class)
                .hasMessageContaining(TASK);
        assertThat(view(id).state()).isEqualTo(State.RUNNING);
        runtime.stop(id, Duration.ZERO);
        runtime.removeTaskGroup(TASK);

        assertThat(runtime.taskGroups()).isEmpty();
    }

    @Test
    void aTaskWithoutLimitsHasNoGroup() throws Exception {
        runtime.engine();

        start(shell("app", "sleep 3600").setMemory(16));

        assertThat(runtime.taskGroups()).isEmpty();
    }

    /** What the kernel was told of the task's group, and the most that it held: in bytes; cpu as "quota period". */
    private record Limits(long memory, long peak, String cpu) {}

    private Limits limits() throws IOException {
        Path group = Path.of("staithe", engine.instance(), TASK);
        if (Files.exists(TaskCgroups.ROOT.resolve("cgroup.controllers"))) {
            Path at = TaskCgroups.ROOT.resolve(group);
            return new Limits(
                    number(at.resolve("memory.max")), number(at.resolve("memory.peak")), text(at.resolve("cpu.max")));
        }
        Path memory = TaskCgroups.ROOT.resolve("memory").resolve(group);
        Path cpu = TaskCgroups.ROOT.resolve("cpu").resolve(group);
        return new Limits(
                number(memory.resolve("memory.limit_in_bytes")),
                number(memory.resolve("memory.max_usage_in_bytes")),
                text(cpu.resolve("cpu.cfs_quota_us")) + " " + text(cpu.resolve("cpu.cfs_period_us")));
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(text(file));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private ContainerView ended(String id) throws ContainerFault {
        await().atMost(PATIENCE).until(() -> view(id).state() == State.STOPPED);
        return view(id);
    }

    private ContainerView view(String id) throws ContainerFault {
        return runtime.inspect(id).orElseThrow();
    }

    private String start(ContainerDefinition.Builder container) throws ContainerFault {
        TaskDefinition task =
                definition.clone().addContainerDefinitions(container).build();
        String id = runtime.create(new ContainerRequest(
                "staithe-test-" + engine.instance() + "-" + container.getName(),
                TASK,
                task,
                container.build(),
                ContainerLabels.of(engine.instance(), "default", TASK, task, container.getName()),
                List.of(),
                Map.of()));
        runtime.start(id);
        return id;
    }

    private ContainerDefinition.Builder shell(String name, String script) {
        return ContainerDefinition.newBuilder()
                .setName(name)
                .setImage(TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", script));
    }
}
