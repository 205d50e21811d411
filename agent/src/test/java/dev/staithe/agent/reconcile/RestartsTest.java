package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskReports;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartsTest {
    private static final Instant STARTED = Containers.STARTED;
    private static final Step START_AGAIN = new Step.Start("app", "id-app", STARTED.toEpochMilli());
    private static final Set<String> NOBODY = new TreeSet<>();

    private final AgentReconciler reconciler = Containers.reconciler();

    /** An essential container that exits, by its policy, its exit code and the time that it ran: 90 s is the period. */
    @ParameterizedTest
    @CsvSource({
        "true, 1, 90, true",
        "true, 0, 90, true",
        "true, 137, 3600, true",
        "true, 1, 89, false",
        "true, 3, 90, false",
        "false, 1, 90, false",
    })
    void isStartedAgainAsItsPolicySays(boolean enabled, int exit, long ran, boolean again) {
        LocalTask task = task(app(enabled).setRestartPolicy(policy(enabled).addIgnoredExitCodes(3)), exited(exit, ran));

        Verdict verdict = decide(task);

        assertThat(verdict.steps().contains(START_AGAIN)).isEqualTo(again);
        assertThat(verdict.task().status()).isEqualTo(again ? Status.RUNNING : Status.STOPPED);
        assertThat(app(verdict).run().restarts()).isEqualTo(again ? 1 : 0);
    }

    @Test
    void fiveMinutesIsThePeriodThatGoesWithoutSaying() {
        ContainerRestartPolicy.Builder usual =
                ContainerRestartPolicy.newBuilder().setEnabled(true);

        assertThat(decide(task(app(true).setRestartPolicy(usual), exited(1, 299)))
                        .task()
                        .status())
                .isEqualTo(Status.STOPPED);
        assertThat(decide(task(app(true).setRestartPolicy(usual), exited(1, 300)))
                        .steps())
                .containsExactly(START_AGAIN);
    }

    @Test
    void whileItIsStartedAgainTheTaskRunsAndSoDoesTheContainerForWhoeverAsks() {
        LocalTask awaited = decide(task(app(true), exited(1, 90))).task();

        var report = TaskReports.of(awaited).getContainers(0);

        assertThat(TaskReports.of(awaited).getStatus()).isEqualTo("RUNNING");
        assertThat(report.getLastStatus()).isEqualTo("RUNNING");
        assertThat(report.hasExitCode()).isFalse();
        assertThat(report.getRestartCount()).isEqualTo(1);
        assertThat(decide(awaited).task()).as("deciding again changes nothing").isEqualTo(awaited);
    }

    @Test
    void oneThatTheEngineRefusesToStartAgainIsOver() {
        LocalTask awaited = decide(task(app(true), exited(1, 90))).task();

        LocalTask refused = decide(awaited.with(
                        awaited.container("app").orElseThrow().ended("CannotStartContainerError: port is taken")))
                .task();

        assertThat(refused.status()).isEqualTo(Status.STOPPED);
        assertThat(refused.progress().stopCode()).isEqualTo("EssentialContainerExited");
        assertThat(refused.container("app").orElseThrow().exitCode()).hasValue(1);
    }

    @Test
    void nothingIsStartedAgainForATaskThatIsToStop() {
        LocalTask exited = task(app(true), exited(1, 90));
        LocalTask awaited = decide(exited).task();
        AssignedTask stop = AssignedTask.of(Tasks.stopped(Tasks.of(1, app(true)), "enough"));

        for (LocalTask task : List.of(
                exited.assign(stop), awaited.assign(stop), exited.claimed(Claim.GONE), awaited.claimed(Claim.GONE))) {
            assertThat(decide(task).task().status()).isEqualTo(Status.STOPPED);
            assertThat(decide(task).steps()).doesNotContain(START_AGAIN);
        }
    }

    /** The call may have started it: the task is not over before that is known. */
    @Test
    void aStartUnderWayIsWaitedForWhenTheTaskIsToStop() {
        LocalTask awaited = decide(task(app(true), exited(1, 90))).task().claimed(Claim.GONE);

        Verdict during =
                reconciler.reconcile(awaited, Set.of("app"), Traffic.UNKNOWN, Admission.ADMITTED, Containers.NOW);

        assertThat(during.task().status()).isEqualTo(Status.STOPPING);
        assertThat(during.steps()).isEmpty();
    }

    @Test
    void isNotStartedAgainOnceItIsGoneFromTheEngine() {
        assertThat(decide(task(app(true), exited(1, 90).gone())).task().status())
                .isEqualTo(Status.STOPPED);
    }

    private Verdict decide(LocalTask task) {
        return reconciler.reconcile(task, NOBODY, Traffic.UNKNOWN, Admission.ADMITTED, Containers.NOW);
    }

    private static LocalContainer app(Verdict verdict) {
        return verdict.task().container("app").orElseThrow();
    }

    private static LocalContainer exited(int code, long ranSeconds) {
        return Containers.exited("app", code, STARTED.plusSeconds(ranSeconds));
    }

    private static ContainerDefinition.Builder app(boolean enabled) {
        return Tasks.app().setRestartPolicy(policy(enabled));
    }

    private static ContainerRestartPolicy.Builder policy(boolean enabled) {
        return ContainerRestartPolicy.newBuilder().setEnabled(enabled).setRestartAttemptPeriod(90);
    }

    private static LocalTask task(ContainerDefinition.Builder app, LocalContainer container) {
        return LocalTask.assigned(AssignedTask.of(Tasks.of(1, app).build()), "boot")
                .with(container);
    }
}
