package dev.staithe.controlplane.placement;

import static dev.staithe.controlplane.placement.Fleet.CLUSTER;
import static dev.staithe.controlplane.placement.Fleet.demand;
import static dev.staithe.controlplane.placement.Fleet.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlacerTest {
    private static PlacementRequest request(String group, Demand demand, int count) {
        return new PlacementRequest(CLUSTER, group, demand, count, Rules.NONE, "");
    }

    private static Placement place(Fleet fleet, String group, Demand demand, int count) {
        return Placer.place(fleet.capacity(), request(group, demand, count));
    }

    @Test
    void spreadsAsItsDocumentationSays() {
        Fleet fleet = new Fleet()
                .host("a", 1024)
                .host("b", 4608)
                .host("c", 600)
                .task("b", "web", TaskStatus.RUNNING, spec(0, 512));

        assertThat(place(fleet, "web", demand(0, 512), 4).instanceIds()).containsExactly("a", "c", "b", "a");
    }

    @Test
    void countsOnlyTasksOfTheGroupThatHaveNotStopped() {
        Fleet fleet = new Fleet()
                .host("a", 4096)
                .host("b", 2048)
                .task("a", "other", TaskStatus.RUNNING, spec(0, 16))
                .task("a", "web", TaskStatus.STOPPED, spec(0, 16))
                .task("b", "web", TaskStatus.STOPPING, spec(0, 16));

        assertThat(place(fleet, "web", demand(0, 16), 1).instanceIds()).containsExactly("a");
    }

    @Test
    void usesOneFixedPortOnceAHost() {
        Fleet fleet = new Fleet().host("a", 4096).host("b", 4096);

        Placement placement = place(fleet, "web", demand(0, 16, 8080), 3);

        assertThat(placement.instanceIds()).containsExactly("a", "b");
        assertThat(placement.explanation().orElseThrow().waiting()).isEqualTo(1);
    }

    @Test
    void sharesOneCapacityBetweenTheRequestsOfAPass() {
        Fleet fleet = new Fleet().host("a", 1024);
        Capacity capacity = fleet.capacity();

        Placer.place(capacity, request("one", demand(0, 768), 1));
        Placement second = Placer.place(capacity, request("two", demand(0, 512), 1));

        assertThat(second.instanceIds()).isEmpty();
    }

    @Test
    void explainsThatThereAreNoHosts() {
        Explanation explanation =
                place(new Fleet(), "web", demand(0, 1), 2).explanation().orElseThrow();

        assertThat(explanation.waiting()).isEqualTo(2);
        assertThat(explanation.hosts()).isEmpty();
        assertThat(explanation.closest()).isEmpty();
    }

    @Test
    void namesEveryHostWithItsReasonInTheOrderOfTheirNames() {
        Fleet fleet = new Fleet()
                .host("c", 100)
                .host("a", 1024)
                .connected("a", false, true)
                .host("b", 200)
                .host("d", 1024)
                .status("d", ContainerInstance.Status.DRAINING);

        Explanation explanation =
                place(fleet, "web", demand(0, 512), 1).explanation().orElseThrow();

        PlacementExplanation message = explanation.message(1_500);
        assertThat(message.getSince().getSeconds()).isEqualTo(1);
        assertThat(message.getSince().getNanos()).isEqualTo(500_000_000);
        assertThat(message.getHostsList())
                .extracting(HostVerdict::getHostName, HostVerdict::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a.example", "AGENT"),
                        org.assertj.core.groups.Tuple.tuple("b.example", "RESOURCE:MEMORY"),
                        org.assertj.core.groups.Tuple.tuple("c.example", "RESOURCE:MEMORY"),
                        org.assertj.core.groups.Tuple.tuple("d.example", "DRAINING"));
        assertThat(explanation.closest().orElseThrow().instanceId())
                .as("the one that lacks least memory")
                .isEqualTo("b");
    }

    @Test
    void storesTheClosestHostsOfAVeryLargeCluster() {
        List<Explanation.Host> hosts = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            Reason reason = i < 700 ? Reason.AGENT : Reason.MEMORY;
            hosts.add(new Explanation.Host("i" + i, "h" + i, new Verdict.Refused(reason, 1, "")));
        }

        PlacementExplanation message = new Explanation(1, hosts).message(0);

        assertThat(message.getHostsCount()).isEqualTo(Explanation.MOST_STORED);
        assertThat(message.getHostsList().stream().filter(h -> h.getReason().equals("RESOURCE:MEMORY")))
                .hasSize(800);
    }

    private static PlacementRequest request(String group, Demand demand, Rules rules) {
        return new PlacementRequest(CLUSTER, group, demand, 1, rules, "");
    }

    @Test
    void takesOneTaskOnANamedHostIfItFitsThere() {
        Fleet fleet = new Fleet().host("a", 1024).host("b", 4096);
        Capacity capacity = fleet.capacity();
        PlacementRequest one = request("daemon", demand(0, 1024), Rules.NONE);

        assertThat(Placer.placeOn(capacity, fleet.instance("a"), one)).isEqualTo(new Verdict.Fits());
        assertThat(Placer.placeOn(capacity, fleet.instance("a"), one))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.MEMORY));
    }

    @Test
    void saysWhichConstraintRefusedAHost() {
        Fleet fleet = new Fleet().host("a", 1024).task("a", "web", TaskStatus.RUNNING, spec(0, 16));
        Rules rules = new Rules(
                List.of(
                        new Constraint.DistinctInstance(),
                        new Constraint.MemberOf("attribute:stack == prod"),
                        new Constraint.Unknown("sameRack")),
                List.of());

        Verdict verdict = fleet.capacity().fits(fleet.instance("a"), request("web", demand(0, 2048), rules));

        assertThat(verdict)
                .isEqualTo(
                        new Verdict.Refused(
                                Reason.DISTINCT_INSTANCE,
                                1,
                                "distinctInstance: has 1 of web; memberOf: not selected by attribute:stack == prod; constraint of"
                                        + " type sameRack: not known to this version; memory: needs 2048 MiB, 1008 of 1024 MiB free"));
    }

    @Test
    void ranksWithTheFiguresThatDecide() {
        Fleet fleet = new Fleet()
                .host("a", 4096, 1024, Map.of("ecs.availability-zone", "east"))
                .host("b", 4096, 2048, Map.of("ecs.availability-zone", "west"))
                .host("c", 4096, 4096, Map.of())
                .task("b", "service:web", TaskStatus.PENDING, spec(0, 16));

        List<Ranked> ranked = Placer.rank(fleet.capacity(), request("service:web", demand(0, 16), Rules.NONE));

        assertThat(ranked).extracting(r -> r.host().id()).containsExactly("a", "b", "c");
        assertThat(ranked.get(1).figures())
                .containsExactly(
                        new Ranked.Figure(
                                "spread attribute:ecs.availability-zone",
                                "ecs.availability-zone=west has 1 task of service:web"),
                        new Ranked.Figure("spread instanceId", "has 1 task of service:web"),
                        new Ranked.Figure("most free memory", "2032 MiB free"));
        assertThat(ranked.get(2).figures().getFirst().detail())
                .isEqualTo("has no ecs.availability-zone, so it comes last");
    }
}
