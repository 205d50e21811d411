package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.VolumeFrom;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container does whose task says that it depends on another: "app" on "db", of which this and that is true. */
class StartOrderTest {
    private static final Instant NOW = Containers.NOW;
    private static final Set<String> NOBODY = new TreeSet<>();

    private final AgentReconciler reconciler = Containers.reconciler();

    @ParameterizedTest
    @CsvSource({
        "START, PULLED, waits for db to start",
        "START, CREATED, waits for db to start",
        "START, RUNNING, ''",
        "START, EXITED, ''",
        "START, FAILED, NEVER",
        "COMPLETE, CREATED, waits for db to complete",
        "COMPLETE, RUNNING, waits for db to complete",
        "COMPLETE, EXITED, ''",
        "COMPLETE, EXITED_1, ''",
        "COMPLETE, FAILED, NEVER",
        "SUCCESS, RUNNING, waits for db to succeed",
        "SUCCESS, EXITED, ''",
        "SUCCESS, EXITED_1, NEVER",
        "SUCCESS, FAILED, NEVER",
        "HEALTHY, CREATED, waits for db to become HEALTHY",
        "HEALTHY, RUNNING, waits for db to become HEALTHY",
        "HEALTHY, UNHEALTHY, waits for db to become HEALTHY",
        "HEALTHY, HEALTHY, ''",
        "HEALTHY, EXITED, NEVER",
    })
    void isCreatedWhenWhatItDependsOnHasComeFarEnough(String condition, String db, String waits) {
        LocalTask task = task(
                app().addDependsOn(Containers.on("db", condition)),
                container("db").setEssential(false),
                in("app", "PULLED"),
                in("db", db));

        Verdict verdict = decide(task);

        LocalContainer app = verdict.task().container("app").orElseThrow();
        if (waits.equals("NEVER")) {
            assertThat(app.over()).isTrue();
            assertThat(app.reason()).startsWith("TaskDependencyError: app depends on db (" + condition + "): db ");
            assertThat(verdict.task().progress().stopCode()).isEqualTo("TaskFailedToStart");
        } else {
            assertThat(app.waits()).isEqualTo(waits);
            assertThat(verdict.steps().contains(new Step.Create("app"))).isEqualTo(waits.isEmpty());
        }
    }

    /** The links and volumes of others are looked up by the engine when a container is created. */
    @ParameterizedTest
    @CsvSource({
        "link, CREATED, false",
        "link, RUNNING, true",
        "volumes, PULLED, false",
        "volumes, CREATED, true",
        "volumes, EXITED, true"
    })
    void honoursTheOrderThatSettingsImply(String setting, String db, boolean creates) {
        ContainerDefinition.Builder app = setting.equals("link")
                ? app().addLinks("db:database")
                : app().addVolumesFrom(VolumeFrom.newBuilder().setSourceContainer("db"));

        Verdict verdict = decide(task(app, container("db").setEssential(false), in("app", "PULLED"), in("db", db)));

        assertThat(verdict.steps().contains(new Step.Create("app"))).isEqualTo(creates);
    }

    @Test
    void fetchesImagesBeforeItIsTheContainersTurn() {
        LocalTask task = task(
                app().addDependsOn(Containers.on("db", "START")),
                container("db"),
                in("app", "WAITING"),
                in("db", "PULLED"));

        assertThat(decide(task).steps())
                .containsExactly(new Step.Pull("app", Tasks.IMAGE, PullBehavior.DEFAULT), new Step.Create("db"));
    }

    @Test
    void givesUpWhenTheStartTimeoutOfWhatIsWaitedForIsOver() {
        LocalTask task = task(
                app().addDependsOn(Containers.on("db", "HEALTHY")),
                container("db").setStartTimeout(60),
                in("app", "PULLED"),
                in("db", "RUNNING"));
        Instant due = Containers.STARTED.plusSeconds(60);

        assertThat(at(due.minusMillis(1), task).steps()).containsExactly(new Step.Wait(due));
        LocalTask late = at(due, task).task();

        assertThat(late.status()).isEqualTo(Status.STOPPING);
        assertThat(late.progress().stopCode()).isEqualTo("TaskFailedToStart");
        assertThat(late.progress().stopReason())
                .isEqualTo("TaskDependencyError: app depends on db (HEALTHY): db had 60 s (its startTimeout) to become"
                        + " HEALTHY");
    }

    @Test
    void aContainerThatIsNotEssentialWaitsInVainWithoutTheTask() {
        LocalTask task = task(
                app(),
                container("side").setEssential(false).addDependsOn(Containers.on("app", "HEALTHY")),
                in("app", "RUNNING"),
                in("side", "PULLED"));
        LocalTask gaveUp = task.with(in("side", "PULLED").ended("TaskDependencyError: ..."));

        assertThat(decide(task).task().status()).isEqualTo(Status.PENDING);
        assertThat(decide(gaveUp).task().status()).isEqualTo(Status.RUNNING);
    }

    /** The first domino is the cause, wherever the definition names it. */
    @Test
    void whoWaitsForOneThatWaitsInVainDoesSoToo() {
        LocalTask task = LocalTask.assigned(
                        AssignedTask.of(Tasks.of(
                                        1,
                                        container("a").addDependsOn(Containers.on("b", "START")),
                                        container("b").addDependsOn(Containers.on("c", "SUCCESS")),
                                        container("c").setEssential(false))
                                .build()),
                        "boot")
                .with(in("a", "PULLED"))
                .with(in("b", "PULLED"))
                .with(in("c", "EXITED_1"));

        LocalTask ended = decide(task).task();

        assertThat(ended.status()).isEqualTo(Status.STOPPED);
        assertThat(ended.container("a").orElseThrow().reason()).contains("b never ran");
        assertThat(ended.container("b").orElseThrow().reason()).contains("c exited with 1");
    }

    @Test
    void anEssentialContainersOwnEndIsTheCauseNotThatOthersWaitedForIt() {
        LocalTask task = task(
                app().addDependsOn(Containers.on("db", "HEALTHY")),
                container("db"),
                in("app", "PULLED"),
                in("db", "EXITED_1"));

        assertThat(decide(task).task().progress().stopReason()).isEqualTo("Essential container in task exited");
    }

    /** An init container that has done its work does not hold the task back. */
    @Test
    void runsWhenAllThatIsToRunRuns() {
        LocalTask task = task(
                app().addDependsOn(Containers.on("db", "SUCCESS")),
                container("db").setEssential(false),
                in("app", "RUNNING"),
                in("db", "EXITED"));

        assertThat(decide(task).task().status()).isEqualTo(Status.RUNNING);
    }

    private Verdict decide(LocalTask task) {
        return at(NOW, task);
    }

    private Verdict at(Instant when, LocalTask task) {
        return reconciler.reconcile(task, NOBODY, Traffic.UNKNOWN, Admission.ADMITTED, when);
    }

    private static LocalTask task(
            ContainerDefinition.Builder one,
            ContainerDefinition.Builder other,
            LocalContainer first,
            LocalContainer second) {
        return LocalTask.assigned(AssignedTask.of(Tasks.of(1, one, other).build()), "boot")
                .with(first)
                .with(second);
    }

    private static ContainerDefinition.Builder app() {
        return container("app");
    }

    private static ContainerDefinition.Builder container(String name) {
        return Tasks.container(name, Tasks.IMAGE);
    }

    private static LocalContainer in(String name, String state) {
        return Containers.in(name, state);
    }
}
