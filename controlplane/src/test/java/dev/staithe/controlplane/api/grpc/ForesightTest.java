package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.ExplainServiceRequest;
import dev.staithe.proto.v1.ExplainServiceResponse;
import dev.staithe.proto.v1.ExplainTaskRequest;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.HostsAdded;
import dev.staithe.proto.v1.Hypothesis;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementDecision;
import dev.staithe.proto.v1.PlanRequest;
import dev.staithe.proto.v1.PlanResponse;
import dev.staithe.proto.v1.PlannedAction;
import dev.staithe.proto.v1.PlansGrpc;
import dev.staithe.proto.v1.ServiceChanged;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Explain and Plan: what would happen. */
final class ForesightTest {
    private static final String HOST = "1".repeat(32);

    private final Edge edge;
    private final ServicesGrpc.ServicesBlockingStub services;
    private final TasksGrpc.TasksBlockingStub tasks;
    private final PlansGrpc.PlansBlockingStub plans;

    ForesightTest() throws Exception {
        edge = new Edge();
        services = Edge.patient(ServicesGrpc.newBlockingStub(edge.channel()));
        tasks = Edge.patient(TasksGrpc.newBlockingStub(edge.channel()));
        plans = Edge.patient(PlansGrpc.newBlockingStub(edge.channel()));
        edge.world.put(World.instance(HOST, "default", "host-a"));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    private ExplainServiceResponse explained(String service) {
        return services.explain(
                ExplainServiceRequest.newBuilder().setService(service).build());
    }

    @Test
    void explainsWhereTheNextTaskOfAServiceGoes() throws Exception {
        edge.world.put(World.instance("2".repeat(32), "default", "host-b").connected(false, true));
        edge.world.created("web", 1);

        PlacementDecision decision = explained("web").getDecision();

        assertThat(decision.getDemand()).isEqualTo("cpu 0 units, memory 32 MiB");
        assertThat(decision.getChosen()).isEqualTo(HOST);
        assertThat(decision.getHostsList()).extracting(HostVerdict::getHostName).containsExactly("host-a", "host-b");
        assertThat(decision.getHosts(1).getReason()).isEqualTo("AGENT");
    }

    @Test
    void saysWhatElseKeepsAServiceFromWhatIsWanted() throws Exception {
        Service web = edge.world.created("web", 0);
        assertThat(explained("web").getNotesList())
                .containsExactly("its desired count is 0: staithe service scale web N");

        edge.world.put(World.deployment(web, 1, 1, Rollout.FAILED));
        assertThat(explained("web").getNotesList())
                .first()
                .asString()
                .startsWith("the deployment of web:1 has failed and starts no more tasks")
                .contains("staithe service rollback web");
    }

    @Test
    void explainsWhatATaskOfItsOwnLacks() throws Exception {
        edge.world.created("web", 1);

        PlacementDecision decision = tasks.explain(ExplainTaskRequest.newBuilder()
                        .setTaskDefinition("web")
                        .addPlacementConstraints(PlacementConstraint.newBuilder()
                                .setType("memberOf")
                                .setExpression("attribute:stack == prod"))
                        .build())
                .getDecision();

        assertThat(decision.getChosen()).isEmpty();
        assertThat(decision.getSuggestionsList())
                .first()
                .asString()
                .endsWith("staithe instance attributes set host-a stack=prod");
    }

    @Test
    void refusesToExplainWhatThereIsNot() {
        StatusRuntimeException service = catchThrowableOfType(StatusRuntimeException.class, () -> explained("web"));
        assertThat(Edge.Refusal.of(service).info().getReason()).isEqualTo("SERVICE_NOT_FOUND");

        StatusRuntimeException task = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> tasks.explain(
                        ExplainTaskRequest.newBuilder().setTaskDefinition("web").build()));
        assertThat(Edge.Refusal.of(task).info().getReason()).isEqualTo("TASK_DEFINITION_NOT_FOUND");
    }

    @Test
    void plansWithHostsByNameAndWritesNothing() throws Exception {
        Service web = edge.world.created("web", 1);
        edge.world.put(World.deployment(web, 1, 1, Rollout.COMPLETED));
        edge.world.put(World.task(web, "a".repeat(32), TaskStatus.RUNNING));
        long revision = edge.world.state().revision();

        PlanResponse plan = plans.plan(PlanRequest.newBuilder()
                .addHypotheses(Hypothesis.newBuilder()
                        .setAddHosts(HostsAdded.newBuilder()
                                .setCount(1)
                                .setCpuUnits(1024)
                                .setMemoryMib(1024)))
                .addHypotheses(Hypothesis.newBuilder().setDrain("host-a"))
                .build());

        assertThat(plan.getActionsList())
                .extracting(PlannedAction::getKind, PlannedAction::getHostName, PlannedAction::getStep)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("START", "new-1", 1),
                        org.assertj.core.groups.Tuple.tuple("STOP", "host-a", 2));
        assertThat(plan.getActions(1).getTaskId()).isEqualTo("a".repeat(32));
        assertThat(plan.getRevision()).isEqualTo(revision);
        assertThat(edge.world.state().revision()).isEqualTo(revision);
    }

    @Test
    void refusesASuppositionThatMakesNoSense() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> plans.plan(PlanRequest.newBuilder()
                        .addHypotheses(Hypothesis.getDefaultInstance())
                        .addHypotheses(Hypothesis.newBuilder()
                                .setAddHosts(HostsAdded.newBuilder().setCount(-1)))
                        .addHypotheses(Hypothesis.newBuilder()
                                .setService(ServiceChanged.newBuilder().setService("web")))
                        .build()));

        assertThat(Edge.Refusal.of(failure).fields())
                .containsExactly(
                        "hypotheses[0]",
                        "hypotheses[1].addHosts.count",
                        "hypotheses[1].addHosts.cpuUnits",
                        "hypotheses[1].addHosts.memoryMib",
                        "hypotheses[2].service");
    }

    @Test
    void refusesAHostThatThereIsNot() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> plans.plan(PlanRequest.newBuilder()
                        .addHypotheses(Hypothesis.newBuilder().setLose("host-z"))
                        .build()));

        assertThat(Edge.Refusal.of(failure).info().getReason()).isEqualTo("CONTAINER_INSTANCE_NOT_FOUND");
    }
}
