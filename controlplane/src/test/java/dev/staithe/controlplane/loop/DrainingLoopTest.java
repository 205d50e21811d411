package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.NetworkBinding;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tasks that wait for the end of their connections, as the control plane sees them. */
final class DrainingLoopTest {
    private final LoopWorld here = new LoopWorld();

    DrainingLoopTest() throws IntentException {}

    @Test
    void saysThatItBeginsToDrainAndKeepsTheTasksRoomUntilItHasStopped() throws IntentException {
        FakeAgent host = hostWithTwoTasks();
        int taken = used(host);

        update(request -> request.setDesiredCount(1));
        Task leaving = leaving();
        report(host, leaving, 3, "DEACTIVATING");

        assertThat(events()).anyMatch(m -> m.endsWith("has begun draining connections on 1 tasks."));
        assertThat(leaving().status()).isEqualTo(TaskStatus.DEACTIVATING);
        assertThat(here.live(service())).hasSize(1);
        assertThat(used(host)).isEqualTo(taken);
        assertThat(assigned(host, leaving).getConnectionDrainingS()).isEqualTo(30);

        report(host, leaving, 4, "STOPPED");
        assertThat(used(host)).isEqualTo(taken / 2);
    }

    @Test
    void aHostThatWaitsIsToldWhenTheServiceChangesItsMind() throws IntentException {
        FakeAgent host = hostWithTwoTasks();
        update(request -> request.setDesiredCount(1));
        Task leaving = leaving();
        report(host, leaving, 3, "DEACTIVATING");

        update(request -> request.setConnectionDrainingSeconds(0));

        assertThat(assigned(host, leaving).getConnectionDrainingS()).isZero();
        assertThat(assigned(host, leaving).getDesiredStatus()).isEqualTo("STOPPED");
    }

    @Test
    void withoutDrainingNobodySpeaksOfIt() throws IntentException {
        FakeAgent host = hostWithTwoTasks();

        update(request -> request.setConnectionDrainingSeconds(0).setDesiredCount(1));

        assertThat(assigned(host, leaving()).getConnectionDrainingS()).isZero();
        assertThat(events()).noneMatch(m -> m.contains("draining"));
    }

    private FakeAgent hostWithTwoTasks() throws IntentException {
        here.lead();
        FakeAgent host = here.agent('1');
        here.world.created("web", 2);
        here.run();
        for (Task task : here.live(service())) {
            report(host, task, 1, "RUNNING");
        }
        here.pass(Duration.ofSeconds(4));
        return host;
    }

    private void report(FakeAgent host, Task task, long number, String status) {
        TaskReport.Builder report = FakeAgent.report(task.id(), number, status).toBuilder();
        report.addContainersBuilder()
                .setName("main")
                .addNetworkBindings(
                        NetworkBinding.newBuilder().setContainerPort(80).setHostPort(32768));
        host.reports(number, report.build());
        here.run();
    }

    private void update(UnaryOperator<UpdateServiceRequest.Builder> change) throws IntentException {
        here.world.services.update(
                change.apply(UpdateServiceRequest.newBuilder().setService("web"))
                        .build(),
                here.state());
        here.run();
        here.pass(Duration.ofSeconds(1));
    }

    private Task leaving() {
        return here.state().tasksOfService(service().uid()).stream()
                .filter(Task::stopWanted)
                .findFirst()
                .orElseThrow();
    }

    private static AssignedTask assigned(FakeAgent host, Task task) {
        return host.received.stream()
                .flatMap(message -> Stream.concat(
                        message.getSnapshot().getTasksList().stream(), message.getDelta().getUpsertsList().stream()))
                .filter(a -> a.getTaskId().equals(task.id()))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private int used(FakeAgent host) {
        return Math.toIntExact(here.state().usage(host.instanceId).memory());
    }

    private Service service() {
        return here.state().services().iterator().next();
    }

    private List<String> events() {
        return here.state().events(service().uid()).stream()
                .map(ServiceEvent::message)
                .toList();
    }
}
