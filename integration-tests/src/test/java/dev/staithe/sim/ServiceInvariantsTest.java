package dev.staithe.sim;

import static dev.staithe.sim.Scribe.DEFINITION;
import static dev.staithe.sim.Scribe.HOST;
import static dev.staithe.sim.Scribe.OTHER_HOST;
import static dev.staithe.sim.Scribe.instance;
import static dev.staithe.sim.Scribe.put;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.TaskOverride;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each rule about services sees what it is there to see. */
final class ServiceInvariantsTest {
    private static final String UID = "web-uid";
    private static final Scheduling PLAIN = Scheduling.REPLICA;

    private final Scribe scribe = new Scribe();
    private long epoch;

    @BeforeEach
    void lead() {
        epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 4000)), put(instance(OTHER_HOST, 4000)));
    }

    @Test
    void seesATaskThatStartsOnADrainedHost() {
        scribe.write(
                List.of(),
                List.of(new Mutation.Put(
                        Keys.host("default", HOST), Records.bytes("default", HOST, HostWish.NONE.drain(true)))));
        scribe.pass(Duration.ofMinutes(1));

        assertBroken("V1", () -> scribe.lead(epoch, put(standalone("a"))));
    }

    @Test
    void seesMoreTasksThanTheMaximum() {
        wants(service(1, 100, PLAIN));
        scribe.lead(epoch, put(task("a", HOST)));

        assertBroken("V2", () -> scribe.lead(epoch, put(task("b", OTHER_HOST))));
    }

    @Test
    void seesAFailedDeploymentThatStartsATask() {
        Service service = service(2, 200, PLAIN);
        wants(service);
        Deployment failed = Deployment.begin(service, 0).ended(Deployment.Rollout.FAILED, "failed", 0, 0);
        scribe.lead(
                epoch, new Mutation.Put(Keys.deployment("default", UID, failed.generation()), Records.bytes(failed)));

        assertBroken("V3", () -> scribe.lead(epoch, put(task("a", HOST))));
    }

    @Test
    void seesATaskWhereAConstraintForbidsIt() {
        wants(service(2, 200, constrained(Wishes.ZONE_A)));

        assertBroken("V4", () -> scribe.lead(epoch, put(task("a", HOST))));
    }

    @Test
    void seesTwoTasksOnOneHostThatWantToBeApart() {
        wants(service(2, 200, constrained(Wishes.DISTINCT)));
        scribe.lead(epoch, put(task("a", HOST)));

        assertBroken("V4", () -> scribe.lead(epoch, put(task("b", HOST))));
    }

    @Test
    void seesADaemonTwiceOnAHost() {
        wants(service(
                0,
                100,
                new Scheduling(
                        Scheduling.Kind.DAEMON,
                        List.of(),
                        List.of(),
                        Duration.ZERO,
                        Scheduling.Rebalancing.DISABLED,
                        Scheduling.TagSource.NONE,
                        Scheduling.USUAL_DRAINING,
                        false)));
        scribe.lead(epoch, put(task("a", HOST)));

        assertBroken("V5", () -> scribe.lead(epoch, put(task("b", HOST))));
    }

    @Test
    void seesTheSchedulerStopAStandaloneTask() {
        Task task = standalone("a");
        scribe.lead(epoch, put(task));

        assertBroken("V6", () -> scribe.lead(epoch, put(task.stopping("ServiceSchedulerInitiated", "", 1))));
    }

    @Test
    void seesAProtectedTaskStopped() {
        wants(service(2, 200, PLAIN));
        Task task = running(task("a", HOST), "").marked(Task.Marks.NONE.protectedUntil(Long.MAX_VALUE));
        scribe.lead(epoch, put(task));

        assertBroken("V7", () -> scribe.lead(epoch, put(task.stopping("ServiceSchedulerInitiated", "", 1))));
    }

    @Test
    void seesAMoveThatNobodyWants() {
        wants(service(2, 200, PLAIN));
        Task task = running(task("a", HOST), "");
        scribe.lead(epoch, put(task));

        assertBroken("V8", () -> scribe.lead(epoch, put(task.marked(Task.Marks.NONE.moving(true)))));
    }

    @Test
    void seesADeploymentOfTwoImages() {
        wants(service(2, 200, PLAIN));
        Task first = task("a", HOST);
        Task second = task("b", OTHER_HOST);
        scribe.lead(epoch, put(first), put(second));
        scribe.lead(epoch, put(running(first, "sha256:1")));

        assertBroken("V9", () -> scribe.lead(epoch, put(running(second, "sha256:2"))));
    }

    @Test
    void seesARollbackThatNobodyAllowed() {
        Service service = service(2, 200, PLAIN);
        wants(service);

        assertBroken("V10", () -> wants(service.deploying(DEFINITION, new Origin(Origin.Kind.CIRCUIT_BREAKER, 1, 1))));
    }

    @Test
    void seesMoreEventsThanAreKept() {
        wants(service(2, 200, PLAIN));

        assertBroken("V11", () -> {
            for (int number = 1; number <= 101; number++) {
                ServiceEvent event = new ServiceEvent("id" + number, "default", UID, number, 0, "told", "");
                scribe.lead(epoch, new Mutation.Put(Keys.event("default", UID, number), Records.bytes(event)));
            }
        });
    }

    private void wants(Service service) {
        scribe.write(List.of(), List.of(put(service)));
    }

    private static void assertBroken(String rule, Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(SimulationFailure.class).hasMessageStartingWith(rule + ",");
    }

    private static Scheduling constrained(PlacementConstraint constraint) {
        return new Scheduling(
                Scheduling.Kind.REPLICA,
                List.of(constraint),
                List.of(),
                Duration.ZERO,
                Scheduling.Rebalancing.DISABLED,
                Scheduling.TagSource.NONE,
                Scheduling.USUAL_DRAINING,
                false);
    }

    private static Service service(int desired, int maximumPercent, Scheduling scheduling) {
        return new Service(
                UID,
                "default",
                "web",
                DEFINITION,
                desired,
                DeploymentConfiguration.newBuilder()
                        .setMinimumHealthyPercent(0)
                        .setMaximumPercent(maximumPercent)
                        .build(),
                0,
                1,
                false,
                "",
                0,
                List.of(),
                scheduling,
                Origin.CREATED,
                0);
    }

    private static Task standalone(String id) {
        return task(id, HOST, "", "family:web");
    }

    private static Task task(String id, String host) {
        return task(id, host, UID, "service:web");
    }

    private static Task task(String id, String host, String uid, String group) {
        return new Task(
                id.repeat(32),
                "default",
                DEFINITION,
                host,
                group,
                "",
                uid,
                uid.isEmpty() ? 0 : 1,
                false,
                TaskStatus.PENDING,
                1,
                0,
                "",
                "",
                List.of(),
                Task.Times.created(0),
                TaskOverride.getDefaultInstance(),
                new Demand(0, 500, new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), 0),
                Task.Marks.NONE);
    }

    private static Task running(Task task, String digest) {
        TaskContainer container = new TaskContainer(
                "web", "id", "RUNNING", OptionalInt.empty(), "", List.of(), Health.UNKNOWN, "", false, digest, 0);
        return task.with(false, TaskStatus.RUNNING, 1, "", "", List.of(container), task.times());
    }
}
