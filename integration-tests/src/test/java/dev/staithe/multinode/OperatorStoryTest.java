package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.Task;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The everyday tasks of an operator of several hosts, typed as in {@code docs/tutorial.md}, while visitors look at the pages
 * of the service. Each step is a method, and begins where the one before has ended.
 */
final class OperatorStoryTest {
    @RegisterExtension
    final Fleet fleet = new Fleet();

    private final Terminal operator = fleet.terminal();

    @Test
    void anOperatorsDay() {
        startsAFleet();
        runsAServiceOnTwoHosts();
        try (Visitors visitors = new Visitors(fleet.address(), "shop")) {
            scalesOutToAllHosts();
            isToldWhyAFifthTaskFitsNowhere();
            halvesTheMemory();
            changesToDynamicPortsAndDoublesTheTasks();
            emptiesAHostForMaintenance();
            met("what the operator did", visitors.count());
            nothingWasBroken(visitors.count());
            losesAHost();
            hasTheHostBack();
            seesTheTasksSpreadAgain();
            met("all that happened", visitors.count());
        }
        endsTheDay();
        Tutorial.check(operator.lines(), fleet.address());
    }

    /** Whoever asks the next task when one does not let him in, or is lost with its host, is always served. */
    private static void met(String by, Visitors.Count count) {
        System.out.println("visitors met by " + by + ": " + count);
        assertThat(count.answered()).isGreaterThan(100);
        assertThat(count.unanswered()).isZero();
    }

    /** Whatever is stopped because somebody wants it finishes what it is at. Only a host that is lost breaks what is under way. */
    private static void nothingWasBroken(Visitors.Count count) {
        assertThat(count.broken()).isZero();
    }

    /** Two hosts, two tasks: the smallest fleet that can stand unevenly. */
    @Test
    void aHostThatReturnsGetsItsTaskBackAndNobodyNotices() {
        operator.type("deploy/fleet up --hosts 2");
        operator.type("sed 's/384/192/; s/, \"hostPort\": 8080//' deploy/examples/shop.json |"
                + " deploy/staithe task-definition register -f -");
        operator.type("deploy/staithe service create shop --task-definition shop --desired-count 2");
        assertThat(fleet.spread("shop")).containsExactly(entry("host-a", 1), entry("host-b", 1));

        operator.type("deploy/fleet kill host-b");
        Site.await("both tasks run on the other host")
                .untilAsserted(() -> assertThat(fleet.spread("shop")).containsExactly(entry("host-a", 2)));
        Site.awaitSteady(fleet.api(), "shop", 2);
        try (Visitors visitors = new Visitors(fleet.address(), "shop")) {
            operator.type("deploy/fleet start host-b");
            Site.await("one task is on each")
                    .untilAsserted(() ->
                            assertThat(fleet.spread("shop")).containsExactly(entry("host-a", 1), entry("host-b", 1)));
            Site.awaitSteady(fleet.api(), "shop", 2);

            met("the move of a task", visitors.count());
            nothingWasBroken(visitors.count());
        }
    }

    private void startsAFleet() {
        operator.type("deploy/fleet up");

        assertThat(fleet.api().instances())
                .extracting(ContainerInstance::getHostName)
                .containsExactlyInAnyOrder("host-a", "host-b", "host-c", "host-d");
    }

    private void runsAServiceOnTwoHosts() {
        operator.type("deploy/staithe task-definition register -f deploy/examples/shop.json");
        operator.type(
                "deploy/staithe service create shop --task-definition shop --desired-count 2 --min-healthy 50 --max 200");

        assertThat(fleet.spread("shop").keySet()).extracting(fleet::zone).containsExactlyInAnyOrder("zone-1", "zone-2");
    }

    private void scalesOutToAllHosts() {
        operator.type("deploy/staithe service scale shop 4");
        operator.type("deploy/staithe service ps shop");

        assertThat(fleet.spread("shop"))
                .containsExactly(entry("host-a", 1), entry("host-b", 1), entry("host-c", 1), entry("host-d", 1));
    }

    private void isToldWhyAFifthTaskFitsNowhere() {
        String refusal = operator.type("deploy/staithe service scale shop 5", 5);
        operator.type("deploy/staithe service scale shop 4");

        assertThat(refusal).contains("none of the 4 hosts can take the next task", "memory: needs 384 MiB, 256 of 640");
    }

    /** The port is taken on every host: old tasks have to go first, half of them at a time. */
    private void halvesTheMemory() {
        operator.type("sed 's/384/192/' deploy/examples/shop.json | deploy/staithe task-definition register -f -");
        operator.type("deploy/staithe service update shop --task-definition shop");
        operator.type("deploy/staithe instance list");

        assertThat(fleet.spread("shop"))
                .containsExactly(entry("host-a", 1), entry("host-b", 1), entry("host-c", 1), entry("host-d", 1));
        assertThat(fleet.api().tasks("shop", "RUNNING"))
                .allSatisfy(task -> assertThat(task.getTaskDefinition()).isEqualTo("shop:2"));
    }

    private void changesToDynamicPortsAndDoublesTheTasks() {
        operator.type("sed 's/384/192/; s/, \"hostPort\": 8080//' deploy/examples/shop.json |"
                + " deploy/staithe task-definition register -f -");
        operator.type("deploy/staithe service update shop --task-definition shop --desired-count 8");
        operator.type("deploy/staithe service ps shop");

        assertBalanced();
    }

    private void emptiesAHostForMaintenance() {
        operator.type("deploy/staithe instance drain host-b --wait");
        operator.type("deploy/staithe instance list");

        assertThat(fleet.running("host-b")).isEmpty();
        assertThat(fleet.spread("shop")).containsOnlyKeys("host-a", "host-c", "host-d");
        assertThat(fleet.api().service("shop").getRunningCount()).isEqualTo(8);

        operator.type("deploy/staithe instance activate host-b");
        awaitBalanced();
    }

    private void losesAHost() {
        List<String> lost = fleet.running("host-c");
        operator.type("deploy/fleet kill host-c");
        Site.await("the tasks of the lost host are replaced")
                .untilAsserted(() -> assertThat(lost)
                        .allSatisfy(task -> assertThat(fleet.api().task(task).getLastStatus())
                                .isEqualTo("STOPPED")));
        Site.awaitSteady(fleet.api(), "shop", 8);
        operator.type("deploy/staithe instance list");
        operator.type("deploy/staithe service ps shop");

        assertThat(fleet.spread("shop")).doesNotContainKey("host-c");
    }

    private void hasTheHostBack() {
        ContainerInstance before = fleet.instance("host-c");
        operator.type("deploy/fleet start host-c");
        Site.await("the host is connected").until(() -> fleet.instance("host-c").getAgentConnected());
        operator.type("deploy/staithe instance list");

        ContainerInstance after = fleet.instance("host-c");
        assertThat(after.getContainerInstanceId()).isEqualTo(before.getContainerInstanceId());
        assertThat(after.getAddress()).isEqualTo(before.getAddress());
        Site.await("what ran there before it was lost is gone")
                .untilAsserted(() -> assertThat(fleet.running("host-c"))
                        .isSubsetOf(fleet.api().tasks("shop", "RUNNING").stream()
                                .map(Task::getTaskId)
                                .toList()));
    }

    private void seesTheTasksSpreadAgain() {
        awaitBalanced();
        operator.type("deploy/staithe instance list");
        operator.type("deploy/staithe service events shop | tail -7");

        for (String host : List.of("host-a", "host-b", "host-c", "host-d")) {
            assertThat(fleet.running(host))
                    .as("the containers on %s", host)
                    .isEqualTo(fleet.api().tasks("shop", "RUNNING").stream()
                            .filter(task -> task.getHostName().equals(host))
                            .map(Task::getTaskId)
                            .sorted()
                            .toList());
        }
    }

    private void endsTheDay() {
        operator.type("deploy/staithe service delete shop --force");
        operator.type("deploy/fleet down");
    }

    private void awaitBalanced() {
        Site.await("every host has its share").untilAsserted(this::assertBalanced);
        Site.awaitSteady(fleet.api(), "shop", 8);
    }

    private void assertBalanced() {
        assertThat(fleet.spread("shop"))
                .containsExactly(entry("host-a", 2), entry("host-b", 2), entry("host-c", 2), entry("host-d", 2));
    }
}
