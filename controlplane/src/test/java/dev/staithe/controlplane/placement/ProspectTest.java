package dev.staithe.controlplane.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementDecision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ProspectTest {
    private static final Constraint STACK = new Constraint.MemberOf("attribute:stack == prod");

    private final Fleet fleet = new Fleet();

    private static PlacementRequest request(Demand demand, Rules rules) {
        return new PlacementRequest(Fleet.CLUSTER, "service:web", demand, 1, rules, "seed");
    }

    private Prospect prospect(Demand demand, Constraint... constraints) {
        return Prospect.of(fleet.capacity(), request(demand, new Rules(List.of(constraints), List.of())));
    }

    @Test
    void theHostThatIsNamedFirstIsWhereTheNextTaskGoes() {
        Random random = new Random(7);
        int placed = 0;
        for (int round = 0; round < 2000; round++) {
            Fleet some = Fleet.random(random, 12);
            PlacementRequest request = Ask.random(random, 1).request();

            Prospect prospect = Prospect.of(some.capacity(), request);
            Placement placement = Placer.place(some.capacity(), request);

            Optional<String> chosen = placement.instanceIds().stream().findFirst();
            assertThat(prospect.fitting().stream().map(r -> r.host().id()).findFirst())
                    .isEqualTo(chosen);
            assertThat(prospect.fitting().size() + prospect.refused().size())
                    .isEqualTo(some.state().instances().size());
            assertThat(prospect.advice().isEmpty()).isEqualTo(chosen.isPresent());
            placed += chosen.isPresent() ? 1 : 0;
        }
        assertThat(placed).isBetween(200, 1999);
    }

    @Test
    void saysOfADaemonWhichHostsHaveItAndWhyOthersDoNot() {
        fleet.host("a", 1024).host("b", 1024).host("c", 256);
        fleet.task("a", "service:web", TaskStatus.RUNNING, Fleet.spec(0, 256));

        PlacementDecision decision = DaemonProspect.of(
                        fleet.capacity(),
                        request(Fleet.demand(0, 512), new Rules(List.of(), List.of())),
                        List.copyOf(fleet.state().tasks()))
                .message();

        assertThat(decision.getDaemon()).isTrue();
        assertThat(decision.getChosen()).isEqualTo("b");
        assertThat(decision.getHostsList())
                .extracting(
                        HostVerdict::getHostName,
                        HostVerdict::getReason,
                        h -> h.getTask().isEmpty())
                .containsExactly(
                        tuple("b.example", "", true),
                        tuple("c.example", "RESOURCE:MEMORY", true),
                        tuple("a.example", "", false));
    }

    @Test
    void showsTheFiguresThatRankedTheHosts() {
        fleet.host("a", 1024).host("b", 2048);
        fleet.task("b", "service:web", TaskStatus.RUNNING, Fleet.spec(0, 256));

        List<HostVerdict> hosts = Prospect.of(
                        fleet.capacity(),
                        request(Fleet.demand(0, 512), new Rules(List.of(), List.of(new Strategy.SpreadHosts()))))
                .message()
                .getHostsList();

        assertThat(hosts).extracting(HostVerdict::getHostName).containsExactly("a.example", "b.example");
        assertThat(hosts.getFirst().getRankingList()).startsWith("spread instanceId: has 0 tasks of service:web");
        assertThat(hosts.get(1).getRankingList()).startsWith("spread instanceId: has 1 task of service:web");
    }

    @Test
    void saysOnWhichHostsTheLeastMemoryIsMissing() {
        fleet.host("a", 1024).host("b", 1024).host("c", 1024);
        fleet.task("a", "x", TaskStatus.RUNNING, Fleet.spec(0, 640));
        fleet.task("b", "x", TaskStatus.RUNNING, Fleet.spec(0, 640));
        fleet.task("c", "x", TaskStatus.RUNNING, Fleet.spec(0, 900));

        assertThat(prospect(Fleet.demand(256, 512)).advice())
                .containsExactly(
                        "free 128 MiB of memory on any of a.example, b.example",
                        "add a host: cpu 256 units or more, memory 512 MiB or more");
    }

    @Test
    void doesNotProposeToFreeMoreThanAHostHas() {
        fleet.host("a", 256);

        assertThat(prospect(Fleet.demand(0, 512)).advice())
                .containsExactly("add a host: cpu 0 units or more, memory 512 MiB or more");
    }

    @Test
    void saysWhoHoldsThePort() {
        fleet.host("a", 1024);
        fleet.task("a", "service:api", TaskStatus.RUNNING, Fleet.spec(0, 64, 8080));

        assertThat(prospect(Fleet.demand(0, 64, 8080)).advice().getFirst())
                .isEqualTo("use a dynamic port (hostPort 0), or stop what holds it on a.example: port 8080/tcp: held by"
                        + " service:api, task task-1");
    }

    @Test
    void saysTheCommandThatMakesAHostMatch() {
        fleet.host("a", 1024);

        assertThat(prospect(Fleet.demand(0, 64), STACK).advice())
                .containsExactly(
                        "memberOf selects no host that has room: attribute:stack == prod; staithe instance attributes set"
                                + " a.example stack=prod",
                        "add a host: cpu 0 units or more, memory 64 MiB or more, selected by attribute:stack == prod");
    }

    @Test
    void saysWhichHostsOnlyHaveToComeBack() {
        fleet.host("a", 1024).host("b", 1024);
        fleet.status("a", ContainerInstance.Status.DRAINING);
        fleet.connected("b", false, true);

        assertThat(prospect(Fleet.demand(0, 64)).advice())
                .startsWith(
                        "let a.example take tasks again: staithe instance activate a.example",
                        "bring back b.example: its agent is not connected, or its container engine does not answer");
    }

    @Test
    void saysWhatDistinctInstanceForbids() {
        fleet.host("a", 1024);
        fleet.task("a", "service:web", TaskStatus.RUNNING, Fleet.spec(0, 64));

        assertThat(prospect(Fleet.demand(0, 64), new Constraint.DistinctInstance())
                        .advice()
                        .getFirst())
                .isEqualTo("distinctInstance: every host with room has a task of service:web; without this constraint"
                        + " a.example would take it");
    }

    @Test
    void namesTheAttributeThatNoHostHas() {
        fleet.host("a", 4096, 1024, Map.of("ecs.cpu-architecture", "x86_64"));

        assertThat(prospect(Fleet.withAttribute(Fleet.demand(0, 64), "ecs.cpu-architecture", "arm64"))
                        .advice())
                .containsExactly("add a host: cpu 0 units or more, memory 64 MiB or more, attribute"
                        + " ecs.cpu-architecture=arm64, which no host has");
    }
}
