package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Scene;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.ExplainServiceRequest;
import dev.staithe.proto.v1.ExplainServiceResponse;
import dev.staithe.proto.v1.ExplainTaskRequest;
import dev.staithe.proto.v1.ExplainTaskResponse;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementDecision;
import dev.staithe.proto.v1.PlanRequest;
import dev.staithe.proto.v1.PlanResponse;
import dev.staithe.proto.v1.PlannedAction;
import dev.staithe.proto.v1.PlannedHost;
import dev.staithe.proto.v1.PlannedShortage;
import dev.staithe.proto.v1.PlansGrpc;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExplainAndPlanTest {
    private static final HostVerdict FULL = HostVerdict.newBuilder()
            .setContainerInstance("c".repeat(32))
            .setHostName("host-c")
            .setReason("RESOURCE:MEMORY")
            .setDetail("memory: needs 512 MiB, 384 of 1024 MiB free")
            .build();

    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    private static PlacementDecision.Builder decision() {
        return PlacementDecision.newBuilder()
                .setDemand("cpu 256 units, memory 512 MiB, port 8080/tcp")
                .addStrategies("spread attribute:ecs.availability-zone");
    }

    private static HostVerdict fits(String host, char id, int rank, String zone, String free) {
        return HostVerdict.newBuilder()
                .setContainerInstance(String.valueOf(id).repeat(32))
                .setHostName(host)
                .setFits(true)
                .setRank(rank)
                .addRanking("spread attribute:ecs.availability-zone: ecs.availability-zone=" + zone)
                .addRanking("spread instanceId: has 1 task of service:web")
                .addRanking("most free memory: " + free + " MiB free")
                .build();
    }

    @Test
    void showsWhereTheNextTaskOfAServiceWouldGoAndWhy() {
        controlPlane.answer(
                ServicesGrpc.getExplainMethod(),
                (ExplainServiceRequest request) -> ExplainServiceResponse.newBuilder()
                        .setDecision(decision()
                                .addHosts(fits("host-b", 'b', 1, "b has 1 task of service:web", "2048"))
                                .addHosts(fits("host-a", 'a', 2, "a has 2 tasks of service:web", "3072"))
                                .addHosts(FULL)
                                .setChosen("b".repeat(32)))
                        .build());

        Typed typed = Typed.run(controlPlane, "service", "explain", "web");

        Golden.check("service-explain", typed.out());
        assertThat(typed.exitCode()).isZero();
    }

    @Test
    void showsTheSmallestChangesAndWhatElseIsInTheWay() {
        controlPlane.answer(
                ServicesGrpc.getExplainMethod(),
                (ExplainServiceRequest request) -> ExplainServiceResponse.newBuilder()
                        .setDecision(decision()
                                .addConstraints("memberOf attribute:stack == prod")
                                .addHosts(FULL)
                                .addHosts(HostVerdict.newBuilder()
                                        .setContainerInstance("a".repeat(32))
                                        .setHostName("host-a")
                                        .setReason("MemberOf placement constraint unsatisfied.")
                                        .setDetail("memberOf: not selected by attribute:stack == prod"))
                                .addSuggestions("free 128 MiB of memory on host-c")
                                .addSuggestions(
                                        "memberOf selects no host that has room: attribute:stack == prod; staithe"
                                                + " instance attributes set host-a stack=prod")
                                .addSuggestions("add a host: cpu 256 units or more, memory 512 MiB or more, selected by"
                                        + " attribute:stack == prod"))
                        .addNotes("throttled: 4 tasks of web:2 in a row did not come up; the next start is in 25 s, at"
                                + " 2026-03-01T12:00:25Z; a new revision starts at once")
                        .build());

        Typed typed = Typed.run(controlPlane, "service", "explain", "web");

        Golden.check("service-explain-nowhere", typed.out());
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    @Test
    void showsWhichHostsHaveTheirDaemonAndWhyOthersDoNot() {
        controlPlane.answer(
                ServicesGrpc.getExplainMethod(),
                (ExplainServiceRequest request) -> ExplainServiceResponse.newBuilder()
                        .setDecision(PlacementDecision.newBuilder()
                                .setDaemon(true)
                                .setDemand("cpu 256 units, memory 512 MiB")
                                .addHosts(HostVerdict.newBuilder()
                                        .setHostName("host-b")
                                        .setFits(true)
                                        .setDetail("gets its task next"))
                                .addHosts(FULL)
                                .addHosts(HostVerdict.newBuilder()
                                        .setHostName("host-d")
                                        .setReason("DRAINING")
                                        .setDetail("the host is being drained"))
                                .addHosts(HostVerdict.newBuilder()
                                        .setHostName("host-a")
                                        .setTask("a".repeat(32))
                                        .setDetail("has task aaaaaaaa of agent:1, RUNNING")))
                        .build());

        Typed typed = Typed.run(controlPlane, "service", "explain", "agent");

        Golden.check("service-explain-daemon", typed.out());
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    @Test
    void asksForATaskAsItWasTyped() {
        controlPlane.answer(
                TasksGrpc.getExplainMethod(),
                (ExplainTaskRequest request) ->
                        ExplainTaskResponse.newBuilder().setDecision(decision()).build());

        Typed typed = Typed.run(
                controlPlane,
                "task",
                "explain",
                "--task-definition",
                "worker",
                "--constraint",
                "memberOf(attribute:rack == r1)",
                "--strategy",
                "binpack:memory");

        ExplainTaskRequest request = controlPlane.last(ExplainTaskRequest.class);
        assertThat(request.getTaskDefinition()).isEqualTo("worker");
        assertThat(request.getPlacementConstraints(0).getExpression()).isEqualTo("attribute:rack == r1");
        assertThat(request.getPlacementStrategy(0).getField()).isEqualTo("memory");
        assertThat(typed.out()).contains("fits nowhere", "no container instance is registered");
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    private static PlannedAction action(int step, String kind, String definition, String host) {
        return PlannedAction.newBuilder()
                .setStep(step)
                .setKind(kind)
                .setService("web")
                .setTaskDefinition(definition)
                .setHostName(host)
                .build();
    }

    private static PlannedHost host(String name, String fate, int before, int after) {
        return PlannedHost.newBuilder()
                .setHostName(name)
                .setFate(fate)
                .setCpuUnits(2048)
                .setMemoryMib(4096)
                .setCpuUsedBefore(before * 256L)
                .setCpuUsedAfter(after * 256L)
                .setMemoryUsedBefore(before * 512L)
                .setMemoryUsedAfter(after * 512L)
                .setTasksBefore(before)
                .setTasksAfter(after)
                .build();
    }

    @Test
    void showsTheStepsOfAPlanAndTheHostsBeforeAndAfter() {
        controlPlane.answer(
                PlansGrpc.getPlanMethod(),
                (PlanRequest request) -> PlanResponse.newBuilder()
                        .addActions(action(1, "START", "web:2", "host-b"))
                        .addActions(action(1, "START", "web:2", "host-b"))
                        .addActions(action(1, "START", "web:2", "new-1"))
                        .addActions(action(2, "STOP", "web:1", "host-a"))
                        .addActions(action(2, "STOP", "web:1", "host-a"))
                        .addActions(action(2, "STOP", "web:1", "host-b"))
                        .addHosts(host("host-a", "DRAINED", 2, 0))
                        .addHosts(host("host-b", "KEPT", 3, 4))
                        .addHosts(host("new-1", "ADDED", 0, 1))
                        .build());

        Typed typed = Typed.run(
                controlPlane,
                "plan",
                "--drain",
                "host-a",
                "--add-host",
                "cpu=2048,memory=4096,zone=a",
                "--deploy",
                "web=web:2");

        Golden.check("plan", typed.out());
        assertThat(typed.exitCode()).isEqualTo(2);
    }

    @Test
    void showsWhatWouldNotFit() {
        controlPlane.answer(
                PlansGrpc.getPlanMethod(),
                (PlanRequest request) -> PlanResponse.newBuilder()
                        .addActions(action(1, "START", "web:1", "host-c"))
                        .addShortages(
                                PlannedShortage.newBuilder().setService("web").setExplanation(Scene.placement(3, FULL)))
                        .addHosts(host("host-c", "KEPT", 7, 8))
                        .addNotes("(service web) was unable to reach steady state")
                        .build());

        Typed typed = Typed.run(controlPlane, "plan", "--scale", "web=12");

        Golden.check("plan-shortage", typed.out());
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    @Test
    void saysThatNothingWouldChange() {
        controlPlane.answer(
                PlansGrpc.getPlanMethod(),
                (PlanRequest request) -> PlanResponse.newBuilder()
                        .addHosts(host("host-a", "KEPT", 2, 2))
                        .build());

        Typed typed = Typed.run(controlPlane, "plan");

        assertThat(typed.out()).startsWith("as things are:\nnothing would be started or stopped\n");
        assertThat(typed.exitCode()).isZero();
    }

    @Test
    void asksForWhatWasSupposed() {
        controlPlane.answer(PlansGrpc.getPlanMethod(), (PlanRequest request) -> PlanResponse.getDefaultInstance());

        Typed.run(
                controlPlane,
                "plan",
                "--add-host",
                "cpu=2048,memory=4096,zone=a,rack=r1*3",
                "--scale",
                "web=12",
                "--deploy",
                "api=api:7",
                "--lose",
                "host-b");

        PlanRequest request = controlPlane.last(PlanRequest.class);
        assertThat(request.getHypotheses(0).getAddHosts().getCount()).isEqualTo(3);
        assertThat(request.getHypotheses(0).getAddHosts().getAttributesMap())
                .containsEntry("ecs.availability-zone", "a")
                .containsEntry("rack", "r1");
        assertThat(request.getHypotheses(1).getService().getDesiredCount()).isEqualTo(12);
        assertThat(request.getHypotheses(2).getService().getTaskDefinition()).isEqualTo("api:7");
        assertThat(request.getHypotheses(3).getLose()).isEqualTo("host-b");
    }

    @Test
    void saysHowSuppositionsAreWritten() {
        assertThat(Typed.run(controlPlane, "plan", "--add-host", "cpu=many").err())
                .startsWith("error: --add-host: cpu=many (expected: cpu=UNITS,memory=MIB[,zone=Z]");
        assertThat(Typed.run(controlPlane, "plan", "--scale", "web").err())
                .startsWith("error: --scale: web (expected: SERVICE=N)");
        assertThat(Typed.run(controlPlane, "plan", "--deploy", "web=").exitCode())
                .isEqualTo(64);
    }
}
