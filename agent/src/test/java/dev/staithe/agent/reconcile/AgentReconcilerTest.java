package dev.staithe.agent.reconcile;

import static dev.staithe.agent.Tasks.container;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.model.Run;
import dev.staithe.agent.reconcile.AgentReconciler.Policy;
import dev.staithe.proto.v1.ContainerDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentReconcilerTest {
    private static final Instant NOW = Containers.NOW;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration KEPT = Duration.ofHours(3);
    private static final Set<String> NOBODY = new TreeSet<>();

    private final AgentReconciler reconciler = new AgentReconciler(
            new Policy(PullBehavior.DEFAULT, GRACE, KEPT, "boot", new AssignmentCheck(HostPolicy.keeping(List.of()))));

    /** What one container needs next while the task is to run. */
    @ParameterizedTest
    @CsvSource({
        "WAITING, Pull, PENDING",
        "PULLED, Create, PENDING",
        "CREATED, Start, PENDING",
        "RUNNING, , RUNNING",
    })
    void takesOneStepAtATimeTowardsRunning(Phase phase, String step, Status status) {
        Verdict verdict = decide(assigned(app(phase)));

        assertThat(kinds(verdict)).containsExactlyElementsOf(step == null ? List.of() : List.of(step));
        assertThat(verdict.task().status()).isEqualTo(status);
    }

    /** What one container needs next once the task is to stop. */
    @ParameterizedTest
    @CsvSource({
        "WAITING, Wait, STOPPED",
        "PULLED, Wait, STOPPED",
        "CREATED, Wait, STOPPED",
        "RUNNING, Stop, STOPPING",
        "STOPPED, Wait, STOPPED",
    })
    void takesOneStepAtATimeTowardsStopped(Phase phase, String step, Status status) {
        LocalTask task = assigned(app(phase)).assign(AssignedTask.of(Tasks.stopped(Tasks.web(1), "enough")));

        Verdict verdict = decide(task);

        assertThat(kinds(verdict)).containsExactly(step);
        assertThat(verdict.task().status()).isEqualTo(status);
        assertThat(verdict.task().progress().stopReason()).isEqualTo("enough");
        assertThat(verdict.task().progress().stopCode()).isEmpty();
    }

    /** What is true of a task of an essential and another container, for every pair of their states. */
    @ParameterizedTest
    @CsvSource({
        "RUNNING, RUNNING, RUNNING, ''",
        "RUNNING, EXITED, RUNNING, ''",
        "RUNNING, FAILED, RUNNING, ''",
        "RUNNING, CREATED, PENDING, ''",
        "RUNNING, WAITING, PENDING, ''",
        "CREATED, RUNNING, PENDING, ''",
        "CREATED, EXITED, PENDING, ''",
        "CREATED, FAILED, PENDING, ''",
        "WAITING, WAITING, PENDING, ''",
        "EXITED, RUNNING, STOPPING, EssentialContainerExited",
        "EXITED, EXITED, STOPPED, EssentialContainerExited",
        "EXITED, FAILED, STOPPED, EssentialContainerExited",
        "EXITED, CREATED, STOPPED, EssentialContainerExited",
        "EXITED, WAITING, STOPPED, EssentialContainerExited",
        "FAILED, RUNNING, STOPPING, TaskFailedToStart",
        "FAILED, EXITED, STOPPED, TaskFailedToStart",
        "FAILED, FAILED, STOPPED, TaskFailedToStart",
        "FAILED, CREATED, STOPPED, TaskFailedToStart",
        "FAILED, WAITING, STOPPED, TaskFailedToStart",
    })
    void drawsTheTasksStateFromItsContainers(String essential, String other, Status status, String stopCode) {
        LocalTask task = assigned(
                container("app", Tasks.IMAGE),
                container("side", Tasks.IMAGE).setEssential(false),
                in("app", essential),
                in("side", other));

        LocalTask settled = decide(task).task();

        assertThat(settled.status()).isEqualTo(status);
        assertThat(settled.progress().stopCode()).isEqualTo(stopCode);
    }

    /** Whatever comes, a status never goes back, and a stopped task stays as it ended. */
    @Test
    void neverGoesBack() {
        List<String> states = List.of("WAITING", "CREATED", "RUNNING", "EXITED", "FAILED");
        for (String app : states) {
            for (String side : states) {
                for (Status status : Status.values()) {
                    LocalTask task = assigned(
                                    container("app", Tasks.IMAGE),
                                    container("side", Tasks.IMAGE).setEssential(false),
                                    in("app", app),
                                    in("side", side))
                            .with(progress(status));

                    LocalTask once = decide(task).task();

                    assertThat(once.status()).as("%s %s %s", app, side, status).isGreaterThanOrEqualTo(status);
                    assertThat(decide(once).task())
                            .as("deciding again changes nothing")
                            .isEqualTo(once);
                }
            }
        }
    }

    @Test
    void leavesAContainerAloneWhileACallAboutItIsUnderWay() {
        LocalTask task = assigned(
                container("app", Tasks.IMAGE),
                container("side", Tasks.IMAGE),
                in("app", "CREATED"),
                in("side", "WAITING"));

        Verdict verdict = reconciler.reconcile(task, Set.of("app"), Traffic.UNKNOWN, Admission.ADMITTED, NOW);

        assertThat(verdict.steps()).containsExactly(new Step.Pull("side", Tasks.IMAGE, PullBehavior.DEFAULT));
    }

    @Test
    void doesNotEndBeforeACreateUnderWayHasAnswered() {
        LocalTask task = assigned(app(Phase.PULLED)).assign(AssignedTask.of(Tasks.stopped(Tasks.web(1), "enough")));

        Verdict during = reconciler.reconcile(task, Set.of("app"), Traffic.UNKNOWN, Admission.ADMITTED, NOW);
        Verdict after = decide(
                during.task().with(during.task().container("app").orElseThrow().created("id")));

        assertThat(during.task().status()).isEqualTo(Status.STOPPING);
        assertThat(during.steps()).isEmpty();
        assertThat(after.task().status()).isEqualTo(Status.STOPPED);
    }

    @Test
    void stopsWhatRunsAlthoughItsStartWasAnsweredByAnError() {
        LocalContainer failed = in("app", "FAILED");
        LocalContainer live = new LocalContainer(
                "app",
                failed.image(),
                Phase.STOPPED,
                "id-app",
                true,
                Run.NEVER.began(5),
                failed.reason(),
                "",
                Health.NONE,
                "",
                List.of(),
                false,
                "");

        Verdict verdict = decide(assigned(live));

        assertThat(verdict.task().status()).isEqualTo(Status.STOPPING);
        assertThat(verdict.steps()).containsExactly(new Step.Stop("app", "id-app", GRACE));
    }

    @Test
    void theContainersOwnStopTimeoutGoesBeforeTheHosts() {
        LocalTask task = assigned(container("app", Tasks.IMAGE).setStopTimeout(2), in("app", "RUNNING"))
                .claimed(Claim.GONE);

        assertThat(decide(task).steps()).containsExactly(new Step.Stop("app", "id-app", Duration.ofSeconds(2)));
    }

    @Test
    void aTaskOfAnEarlierBootIsOver() {
        LocalTask old = new LocalTask(
                Tasks.id(1),
                "boot-before",
                AssignedTask.of(Tasks.web(1).build()),
                Claim.ASSIGNED,
                1,
                progress(Status.RUNNING),
                List.of(in("app", "EXITED")));

        LocalTask settled = decide(old).task();

        assertThat(settled.status()).isEqualTo(Status.STOPPED);
        assertThat(settled.progress().stopCode()).isEqualTo("TerminationNotice");
        assertThat(settled.progress().stopReason()).contains("rebooted");
    }

    @Test
    void aFoundTaskIsLeftAsItIs() {
        LocalTask found = LocalTask.found(Tasks.id(1), "boot", List.of(in("app", "RUNNING"), in("side", "CREATED")));

        Verdict verdict = decide(found);

        assertThat(verdict.steps()).isEmpty();
        assertThat(verdict.task().status()).isEqualTo(Status.RUNNING);
    }

    @Test
    void aFoundTaskOfWhichNothingRunsIsOver() {
        LocalTask found = LocalTask.found(Tasks.id(1), "boot", List.of(in("app", "EXITED")));

        assertThat(decide(found).task().status()).isEqualTo(Status.STOPPED);
    }

    @Test
    void anUnnamedTaskRunsOn() {
        assertThat(decide(assigned(app(Phase.RUNNING)).claimed(Claim.UNNAMED)).steps())
                .isEmpty();
    }

    @Test
    void theFirstCauseStays() {
        LocalTask exited = decide(assigned(in("app", "EXITED"))).task();

        LocalTask later = decide(exited.assign(AssignedTask.of(Tasks.stopped(Tasks.web(1), "too late"))))
                .task();

        assertThat(later.progress().stopReason()).isEqualTo("Essential container in task exited");
    }

    @Test
    void aWishToStopIsNeverTakenBack() {
        LocalTask task = assigned(app(Phase.RUNNING)).assign(AssignedTask.of(Tasks.stopped(Tasks.web(1), "enough")));

        Verdict verdict = decide(task.assign(AssignedTask.of(Tasks.web(1).build())));

        assertThat(verdict.task().status()).isEqualTo(Status.STOPPING);
    }

    /** From the last second to the ledger: containers, then volumes, then, once confirmed, the entry. */
    @Test
    void cleansUpInOrder() {
        LocalTask over = decide(assigned(in("app", "EXITED"))).task();
        Instant due = NOW.plus(KEPT);

        assertThat(decide(over).steps()).containsExactly(new Step.Wait(due));
        assertThat(at(due, over).steps()).containsExactly(new Step.Remove("app", "id-app"));
        LocalTask removed = over.with(over.container("app").orElseThrow().gone());
        assertThat(at(due, removed).steps()).containsExactly(new Step.RemoveVolumes());
        LocalTask clean = removed.with(removed.progress().withoutVolumes());
        assertThat(at(due, clean).steps()).isEmpty();
        assertThat(at(due, clean.claimed(Claim.GONE)).steps()).containsExactly(new Step.Forget());
    }

    @Test
    void notesWhenPullingBeganAndEnded() {
        LocalTask pulling = decide(assigned(app(Phase.WAITING))).task();
        Instant later = NOW.plusSeconds(9);
        LocalTask pulled = reconciler
                .reconcile(
                        pulling.with(pulling.container("app").orElseThrow().pulled("")),
                        NOBODY,
                        Traffic.UNKNOWN,
                        Admission.ADMITTED,
                        later)
                .task();

        assertThat(pulling.progress().times().pullStartedAt()).isEqualTo(NOW.toEpochMilli());
        assertThat(pulling.progress().times().pullStoppedAt()).isZero();
        assertThat(pulled.progress().times().pullStoppedAt()).isEqualTo(later.toEpochMilli());
    }

    private Verdict decide(LocalTask task) {
        return reconciler.reconcile(task, NOBODY, Traffic.UNKNOWN, Admission.ADMITTED, NOW);
    }

    private Verdict at(Instant when, LocalTask task) {
        return reconciler.reconcile(task, NOBODY, Traffic.UNKNOWN, Admission.ADMITTED, when);
    }

    private static List<String> kinds(Verdict verdict) {
        return verdict.steps().stream()
                .map(step -> step.getClass().getSimpleName())
                .toList();
    }

    private static Progress progress(Status status) {
        return new Progress(status, "", "", Progress.BEGUN.times(), false);
    }

    private static LocalTask assigned(LocalContainer app) {
        return assigned(container("app", Tasks.IMAGE), app);
    }

    private static LocalTask assigned(ContainerDefinition.Builder definition, LocalContainer app) {
        return LocalTask.assigned(AssignedTask.of(Tasks.of(1, definition).build()), "boot")
                .with(app);
    }

    private static LocalTask assigned(
            ContainerDefinition.Builder one,
            ContainerDefinition.Builder other,
            LocalContainer first,
            LocalContainer second) {
        return LocalTask.assigned(AssignedTask.of(Tasks.of(1, one, other).build()), "boot")
                .with(first)
                .with(second);
    }

    private static LocalContainer app(Phase phase) {
        return in("app", phase == Phase.STOPPED ? "EXITED" : phase.name());
    }

    private static LocalContainer in(String name, String state) {
        return Containers.in(name, state);
    }
}
