package dev.staithe.agent.reconcile;

import static dev.staithe.agent.Tasks.container;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.model.Run;
import dev.staithe.agent.reconcile.AgentReconciler.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeactivationTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Set<String> NOBODY = new TreeSet<>();
    private static final PortBinding WEB = new PortBinding("0.0.0.0", 80, 32768, "tcp");
    private static final PortBinding DNS = new PortBinding("0.0.0.0", 53, 5353, "udp");

    private final AgentReconciler reconciler = new AgentReconciler(new Policy(
            PullBehavior.DEFAULT,
            GRACE,
            Duration.ofHours(3),
            "boot",
            new AssignmentCheck(HostPolicy.keeping(List.of()))));

    /** Where a task goes that is told to stop; what is known of its connections is in the columns. */
    @ParameterizedTest(name = "{0}, {1} s, answered {2}, quiet looks {3}, after {4} s -> {5}")
    @CsvSource({
        // ports, draining time, answered, quiet looks, drained for, status
        "tcp,      30, false, 0,  0, DEACTIVATING",
        "tcp,      30, false, 5,  0, DEACTIVATING",
        "tcp,      30, true,  0,  0, DEACTIVATING",
        "tcp,      30, true,  1,  0, DEACTIVATING",
        "tcp,      30, true,  2,  0, STOPPING",
        "tcp,      30, true,  0, 29, DEACTIVATING",
        "tcp,      30, true,  0, 30, STOPPING",
        "tcp,      30, false, 0, 30, STOPPING",
        "tcp,       0, false, 0,  0, STOPPING",
        "tcp,       5, true,  1,  6, STOPPING",
        "udp,      30, false, 0,  0, DEACTIVATING",
        "udp,      30, true,  0,  0, STOPPING",
        "tcp+udp,  30, true,  0,  0, DEACTIVATING",
        "tcp+udp,  30, true,  2,  0, STOPPING",
        "none,     30, false, 0,  0, STOPPING",
    })
    void waitsForConnectionsOfATaskThatIsToStop(
            String ports, int seconds, boolean answered, int quietLooks, int drained, Status expected) {
        Traffic traffic = new Traffic(answered, quietLooks, Duration.ofSeconds(drained), false);

        assertThat(decide(leaving(seconds, web(ports(ports))), traffic).task().status())
                .isEqualTo(expected);
    }

    @Test
    void refusesEveryPortAndLooksAtThoseThatHaveConnections() {
        Verdict verdict = decide(leaving(30, web(List.of(WEB, DNS))), Traffic.UNKNOWN);

        assertThat(verdict.task().progress().times().deactivatingAt()).isEqualTo(NOW.toEpochMilli());
        assertThat(verdict.task().progress().times().stoppingAt()).isZero();
        assertThat(verdict.steps())
                .containsExactly(
                        new Step.Drain(
                                set(new HostPort("tcp", 32768), new HostPort("udp", 5353)),
                                List.of(new Listener("id-app", set(80), set(32768)))),
                        new Step.Wait(NOW.plusSeconds(30)));
    }

    @Test
    void aDrainingTimeThatIsChangedMeanwhileHolds() {
        LocalTask draining =
                decide(leaving(30, web(List.of(WEB))), Traffic.UNKNOWN).task();
        Traffic traffic = new Traffic(true, 0, Duration.ofSeconds(10), false);

        Verdict longer = decide(draining.assign(wish(600)), traffic);
        Verdict shorter = decide(draining.assign(wish(10)), traffic);
        Verdict off = decide(draining.assign(wish(0)), traffic);

        assertThat(longer.task().status()).isEqualTo(Status.DEACTIVATING);
        assertThat(longer.steps()).contains(new Step.Wait(NOW.plusSeconds(590)));
        assertThat(shorter.task().status()).isEqualTo(Status.STOPPING);
        assertThat(off.task().status()).isEqualTo(Status.STOPPING);
    }

    @Test
    void aTaskThatIsConfirmedGoneDoesNotWait() {
        LocalTask draining =
                decide(leaving(30, web(List.of(WEB))), Traffic.UNKNOWN).task();

        assertThat(decide(draining.claimed(Claim.GONE), Traffic.UNKNOWN).task().status())
                .isEqualTo(Status.STOPPING);
    }

    @Test
    void aTaskOfAnEarlierBootDoesNotWait() {
        LocalTask draining =
                decide(leaving(30, web(List.of(WEB))), Traffic.UNKNOWN).task();
        LocalTask booted = new LocalTask(
                draining.taskId(),
                "boot-before",
                draining.assignment(),
                draining.claim(),
                1,
                draining.progress(),
                List.of(ended(draining)));

        assertThat(Deactivation.refusedNow(booted, "boot")).isEmpty();
        assertThat(decide(booted, Traffic.UNKNOWN).task().status()).isEqualTo(Status.STOPPING);
        assertThat(decide(booted, released()).task().status()).isEqualTo(Status.STOPPED);
    }

    @Test
    void aTaskThatHasNothingLeftToServeWithDoesNotWaitAndKeepsItsReason() {
        LocalTask draining =
                decide(leaving(30, web(List.of(WEB))), Traffic.UNKNOWN).task();

        Verdict verdict = decide(draining.with(ended(draining)), Traffic.UNKNOWN);

        assertThat(verdict.task().status()).isEqualTo(Status.STOPPING);
        assertThat(verdict.task().progress().stopReason()).isEqualTo("Scaling activity");
    }

    @Test
    void aTaskThatEndsByItselfIsNotDrained() {
        LocalTask running = running(30, web(List.of(WEB)));

        Verdict verdict = decide(running.with(ended(running)), Traffic.UNKNOWN);

        assertThat(verdict.task().status()).isEqualTo(Status.STOPPED);
        assertThat(verdict.task().progress().times().deactivatingAt()).isZero();
    }

    @Test
    void aTaskThatDoesNotRunYetIsNotDrained() {
        LocalTask pending = LocalTask.assigned(wish(30), "boot")
                .with(web(List.of(WEB)))
                .with(LocalContainer.waiting("side", Tasks.IMAGE));

        assertThat(decide(pending, Traffic.UNKNOWN).task().status()).isEqualTo(Status.STOPPING);
    }

    /** Until the last container has ended nobody may connect to it; before the task is STOPPED its ports are free. */
    @Test
    void freesItsPortsBetweenTheEndOfItsContainersAndItsOwn() {
        LocalTask stopping = decide(leaving(30, web(List.of(WEB))), new Traffic(true, 2, Duration.ZERO, false))
                .task();
        LocalTask drained =
                stopping.with(stopping.progress().at(stopping.progress().times().deactivating(NOW.toEpochMilli())));

        assertThat(decide(drained, Traffic.UNKNOWN).steps()).containsExactly(new Step.Stop("app", "id-app", GRACE));
        Verdict ended = decide(drained.with(ended(drained)), Traffic.UNKNOWN);
        assertThat(ended.task().status()).isEqualTo(Status.STOPPING);
        assertThat(ended.steps()).containsExactly(new Step.Release());
        assertThat(decide(drained.with(ended(drained)), released()).task().status())
                .isEqualTo(Status.STOPPED);
    }

    @Test
    void saysAfterARestartWhatHasToStayRefused() {
        LocalTask running = running(30, web(List.of(WEB)));
        LocalTask draining =
                decide(leaving(30, web(List.of(WEB))), Traffic.UNKNOWN).task();
        LocalTask stopping = draining.with(draining.progress().ending("", "", NOW.toEpochMilli()));
        LocalTask stopped = draining.with(draining.progress().ended(NOW.toEpochMilli()));

        assertThat(Deactivation.refusedNow(running, "boot")).isEmpty();
        assertThat(Deactivation.refusedNow(draining, "boot")).containsExactly(new HostPort("tcp", 32768));
        assertThat(Deactivation.refusedNow(stopping, "boot")).containsExactly(new HostPort("tcp", 32768));
        assertThat(Deactivation.refusedNow(stopped, "boot")).isEmpty();
    }

    private Verdict decide(LocalTask task, Traffic traffic) {
        return reconciler.reconcile(task, NOBODY, traffic, Admission.ADMITTED, NOW);
    }

    private static Traffic released() {
        return new Traffic(false, 0, Duration.ZERO, true);
    }

    /** A task that runs and is told to stop. */
    private static LocalTask leaving(int seconds, LocalContainer app) {
        return running(seconds, app).assign(wish(seconds));
    }

    private static LocalTask running(int seconds, LocalContainer app) {
        LocalTask assigned = LocalTask.assigned(
                        AssignedTask.of(
                                Tasks.web(1).setConnectionDrainingS(seconds).build()),
                        "boot")
                .with(app);
        return assigned.with(Progress.BEGUN.running(NOW.toEpochMilli()));
    }

    private static AssignedTask wish(int seconds) {
        return AssignedTask.of(Tasks.stopped(
                Tasks.of(1, container("app", Tasks.IMAGE)).setConnectionDrainingS(seconds), "Scaling activity"));
    }

    private static List<PortBinding> ports(String which) {
        return switch (which) {
            case "tcp" -> List.of(WEB);
            case "udp" -> List.of(DNS);
            case "tcp+udp" -> List.of(WEB, DNS);
            default -> List.of();
        };
    }

    private static LocalContainer web(List<PortBinding> ports) {
        return app(Phase.RUNNING, OptionalInt.empty(), ports);
    }

    private static LocalContainer ended(LocalTask task) {
        return app(
                Phase.STOPPED,
                OptionalInt.of(0),
                task.container("app").orElseThrow().ports());
    }

    private static LocalContainer app(Phase phase, OptionalInt exit, List<PortBinding> ports) {
        return new LocalContainer(
                "app",
                Tasks.IMAGE,
                phase,
                "id-app",
                phase == Phase.RUNNING,
                Run.NEVER.began(NOW.toEpochMilli() - 1000).ended(exit, NOW.toEpochMilli()),
                "",
                "",
                Health.NONE,
                "",
                ports,
                false,
                "");
    }

    @SafeVarargs
    private static <T> SortedSet<T> set(T... elements) {
        TreeSet<T> set = new TreeSet<>();
        for (T element : elements) {
            set.add(element);
        }
        return set;
    }
}
