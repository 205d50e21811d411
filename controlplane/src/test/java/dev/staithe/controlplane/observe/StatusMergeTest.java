package dev.staithe.controlplane.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusMergeTest {
    private static final TaskDefinition DEFINITION = TaskDefinition.newBuilder()
            .addContainerDefinitions(ContainerDefinition.newBuilder().setName("main"))
            .build();

    static Stream<Arguments> everyCase() {
        List<Arguments> cases = new ArrayList<>();
        for (TaskStatus known : TaskStatus.values()) {
            for (TaskStatus reported : TaskStatus.values()) {
                for (long observation : List.of(4L, 5L, 6L)) {
                    cases.add(Arguments.of(known, reported, observation));
                }
            }
        }
        return cases.stream();
    }

    /** The whole table: nothing from a task that is over, nothing old or equal, never back. */
    @ParameterizedTest(name = "{0} at observation 5, {1} reported at {2}")
    @MethodSource("everyCase")
    void takesWhatIsNewerAndNeverGoesBack(TaskStatus known, TaskStatus reported, long observation) {
        Task task = task(known, 5);

        Optional<Task> merged = StatusMerge.merge(task, report(observation, reported), DEFINITION);

        if (known == TaskStatus.STOPPED || observation <= 5) {
            assertThat(merged).isEmpty();
            return;
        }
        TaskStatus further = reported.compareTo(known) > 0 ? reported : known;
        assertThat(merged).hasValueSatisfying(next -> {
            assertThat(next.status()).isEqualTo(further);
            assertThat(next.observation()).isEqualTo(observation);
            assertThat(next.version()).isEqualTo(task.version() + 1);
        });
    }

    /** It becomes part of the image's name on other hosts. */
    @ParameterizedTest
    @ValueSource(strings = {"", "latest", "sha256:", "sha256:ABC", "sha256:0/../other"})
    void takesNoDigestThatIsNone(String digest) {
        assertThat(digestOf(digest)).isEmpty();
    }

    @Test
    void takesADigest() {
        String digest = "sha256:" + "0a".repeat(32);

        assertThat(digestOf(digest)).isEqualTo(digest);
    }

    private static String digestOf(String reported) {
        TaskReport report = report(6, TaskStatus.PENDING).toBuilder()
                .clearContainers()
                .addContainers(Container.newBuilder().setName("main").setImageDigest(reported))
                .build();
        return StatusMerge.merge(task(TaskStatus.PENDING, 5), report, DEFINITION)
                .orElseThrow()
                .containers()
                .getFirst()
                .imageDigest();
    }

    /** Reports that come late, twice or never move nothing backwards, and the newest decides in the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void isMonotoneUnderLossReorderingAndRepetition(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<TaskReport> life = life(random);
            List<TaskReport> heard = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                heard.add(life.get(random.nextInt(life.size())));
            }
            heard.add(life.getLast());
            Task task = task(TaskStatus.PENDING, 0);
            for (TaskReport report : heard) {
                Task before = task;
                task = StatusMerge.merge(before, report, DEFINITION).orElse(before);
                assertThat(task.status()).isGreaterThanOrEqualTo(before.status());
                assertThat(task.observation()).isGreaterThanOrEqualTo(before.observation());
                assertThat(before.stoppedReason().isEmpty()
                                || task.stoppedReason().equals(before.stoppedReason()))
                        .isTrue();
            }
            assertThat(task.status().name()).isEqualTo(life.getLast().getStatus());
            assertThat(StatusMerge.merge(task, life.getLast(), DEFINITION)).isEmpty();
        }
    }

    @Test
    void theControlPlanesReasonStaysWhereItWantedTheStop() {
        Task wanted = task(TaskStatus.RUNNING, 1).stopping("UserInitiated", "because", 7);
        TaskReport report = report(2, TaskStatus.STOPPED).toBuilder()
                .setStopCode("EssentialContainerExited")
                .setStoppedReason("Essential container in task exited")
                .build();

        Task merged = StatusMerge.merge(wanted, report, DEFINITION).orElseThrow();

        assertThat(merged.stopCode()).isEqualTo("UserInitiated");
        assertThat(merged.stoppedReason()).isEqualTo("because");
        assertThat(merged.stopWanted()).isTrue();
        assertThat(merged.times().stoppingAt()).isEqualTo(7);
    }

    @Test
    void theHostSaysWhyWhereNobodyElseDid() {
        TaskReport report = report(2, TaskStatus.STOPPED).toBuilder()
                .setStopCode("EssentialContainerExited")
                .setStoppedReason("Essential container in task exited")
                .setStoppedAtMs(9)
                .build();

        Task merged = StatusMerge.merge(task(TaskStatus.RUNNING, 1), report, DEFINITION)
                .orElseThrow();

        assertThat(merged.stopCode()).isEqualTo("EssentialContainerExited");
        assertThat(merged.times().stoppedAt()).isEqualTo(9);
    }

    @Test
    void whatAHostSaysCannotMakeARecordLarge() {
        TaskReport.Builder report = report(2, TaskStatus.STOPPED).toBuilder().setStoppedReason("x".repeat(1 << 20));
        for (int i = 0; i < 1000; i++) {
            report.addContainers(Container.newBuilder()
                    .setName(i % 2 == 0 ? "main" : "c" + i)
                    .setReason("y".repeat(10_000))
                    .setHealthOutput("z".repeat(10_000)));
        }

        Task merged = StatusMerge.merge(task(TaskStatus.RUNNING, 1), report.build(), DEFINITION)
                .orElseThrow();

        assertThat(merged.stoppedReason()).hasSize(1024).endsWith("...");
        assertThat(merged.containers()).singleElement().satisfies(c -> {
            assertThat(c.name()).isEqualTo("main");
            assertThat(c.reason()).hasSize(1024);
            assertThat(c.healthOutput()).hasSize(1024);
        });
    }

    @Test
    void aStatusOfANewerAgentCountsAsPending() {
        TaskReport report = TaskReport.newBuilder()
                .setObservation(2)
                .setStatus("DEPROVISIONING")
                .build();

        assertThat(StatusMerge.merge(task(TaskStatus.PENDING, 1), report, DEFINITION)
                        .orElseThrow()
                        .status())
                .isEqualTo(TaskStatus.PENDING);
    }

    /** A task's reports as its host makes them: the status only grows, and the reason is given once. */
    private static List<TaskReport> life(SplittableRandom random) {
        List<TaskReport> life = new ArrayList<>();
        int status = 0;
        int length = 1 + random.nextInt(8);
        for (int observation = 1; observation <= length; observation++) {
            status = Math.min(3, status + random.nextInt(3) / 2);
            TaskReport.Builder report =
                    report(observation, List.of(TaskStatus.values()).get(status)).toBuilder();
            life.add(
                    status < 2
                            ? report.build()
                            : report.setStoppedReason("the reason").build());
        }
        return life;
    }

    private static TaskReport report(long observation, TaskStatus status) {
        return TaskReport.newBuilder()
                .setTaskId("task")
                .setObservation(observation)
                .setStatus(status.name())
                .build();
    }

    private static Task task(TaskStatus status, long observation) {
        return new Task(
                "task",
                "default",
                new TaskDefinitionRef("web", 1),
                "host",
                "service:web",
                "",
                "uid",
                1,
                false,
                status,
                1,
                observation,
                "",
                "",
                List.of(),
                Task.Times.created(1),
                TaskOverride.getDefaultInstance(),
                Demand.of(DEFINITION),
                Task.Marks.NONE);
    }
}
