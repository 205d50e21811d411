package dev.staithe.controlplane.placement;

import static dev.staithe.controlplane.placement.Fleet.demand;
import static dev.staithe.controlplane.placement.Fleet.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class CapacityTest {
    private final Fleet fleet = new Fleet().host("a", 1024);

    private Verdict fits(Demand demand) {
        return fleet.capacity().fits(fleet.instance("a"), demand);
    }

    private static void assertRefused(Verdict verdict, Reason reason, String detail) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.detail()).isEqualTo(detail);
        });
    }

    @Test
    void fitsExactly() {
        assertThat(fits(demand(4096, 1024, 80))).isEqualTo(new Verdict.Fits());
    }

    @Test
    void refusesMemoryWithTheFigures() {
        fleet.task("a", "other", TaskStatus.RUNNING, spec(0, 896));

        assertRefused(fits(demand(0, 512)), Reason.MEMORY, "memory: needs 512 MiB, 128 of 1024 MiB free");
        assertThat(Reason.MEMORY.code()).isEqualTo("RESOURCE:MEMORY");
    }

    @Test
    void refusesCpuWithTheFigures() {
        assertRefused(fits(demand(8192, 1)), Reason.CPU, "cpu: needs 8192 units, 4096 of 4096 units free");
        assertThat(Reason.CPU.code()).isEqualTo("RESOURCE:CPU");
    }

    @Test
    void namesEverythingThatIsMissing() {
        assertRefused(
                fits(demand(8192, 2048, 22)),
                Reason.CPU,
                "cpu: needs 8192 units, 4096 of 4096 units free; memory: needs 2048 MiB, 1024 of 1024 MiB free;"
                        + " port 22/tcp: reserved on the host");
    }

    @Test
    void refusesAPortAndNamesItsHolder() {
        fleet.task("a", "service:web", TaskStatus.PENDING, spec(0, 1, 8080));

        assertRefused(fits(demand(0, 1, 8080)), Reason.PORTS, "port 8080/tcp: held by service:web, task task-1");
        assertThat(Reason.PORTS.code()).isEqualTo("RESOURCE:PORTS");
    }

    @Test
    void keepsPortsOfEachProtocolApart() {
        fleet.task("a", "service:web", TaskStatus.RUNNING, spec(0, 1, 8080));
        Demand udp = new Demand(0, 1, new TreeSet<>(), new TreeSet<>(List.of(8080)), new TreeMap<>(), 0);
        Demand reserved = new Demand(0, 1, new TreeSet<>(), new TreeSet<>(List.of(53)), new TreeMap<>(), 0);

        assertThat(fits(udp)).isEqualTo(new Verdict.Fits());
        assertRefused(fits(reserved), Reason.PORTS, "port 53/udp: reserved on the host");
    }

    @Test
    void countsWhatWasPlacedInThisPass() {
        Capacity capacity = fleet.capacity();
        capacity.take(fleet.instance("a"), "web", demand(0, 1000, 8080));

        assertRefused(
                capacity.fits(fleet.instance("a"), demand(0, 100, 8080)),
                Reason.MEMORY,
                "memory: needs 100 MiB, 24 of 1024 MiB free; port 8080/tcp: held by a task that was placed a moment ago");
    }

    @Test
    void countsATaskUntilItHasStopped() {
        fleet.task("a", "web", TaskStatus.STOPPING, spec(0, 1024));
        assertThat(fits(demand(0, 1))).isInstanceOf(Verdict.Refused.class);

        Fleet free = new Fleet().host("a", 1024).task("a", "web", TaskStatus.STOPPED, spec(0, 1024));
        assertThat(free.capacity().fits(free.instance("a"), demand(0, 1024))).isEqualTo(new Verdict.Fits());
    }

    @Test
    void refusesAMissingAndADifferentAttribute() {
        assertRefused(
                fits(Fleet.withAttribute(demand(0, 1), "ecs.cpu-architecture", "arm64")),
                Reason.ATTRIBUTE,
                "attribute ecs.cpu-architecture: needs arm64, has x86_64");
        assertRefused(fits(Fleet.withAttribute(demand(0, 1), "disk", "")), Reason.ATTRIBUTE, "attribute disk: missing");
        assertRefused(
                fits(Fleet.withAttribute(demand(0, 1), "ecs.capability.host-namespaces", "")),
                Reason.ATTRIBUTE,
                "attribute ecs.capability.host-namespaces: missing (the host's task policy forbids pidMode and ipcMode host)");
        assertThat(fits(Fleet.withAttribute(demand(0, 1), "ecs.cpu-architecture", "")))
                .isEqualTo(new Verdict.Fits());
    }

    @Test
    void refusesAHostThatTakesNoTasks() {
        assertRefused(
                new Fleet()
                        .host("a", 1024)
                        .connected("a", false, true)
                        .capacity()
                        .fits(
                                new Fleet()
                                        .host("a", 1024)
                                        .connected("a", false, true)
                                        .instance("a"),
                                demand(0, 1)),
                Reason.AGENT,
                "its agent is not connected");
        fleet.connected("a", true, false);
        assertRefused(fits(demand(0, 1)), Reason.AGENT, "its container engine does not answer");
        fleet.status("a", ContainerInstance.Status.DRAINING);
        assertRefused(fits(demand(0, 1)), Reason.DRAINING, "the host is being drained");
        fleet.status("a", ContainerInstance.Status.INACTIVE);
        assertRefused(fits(demand(0, 1)), Reason.INACTIVE, "the host is deregistered");
    }

    @Test
    void hasNothingLeftWhereTheHostShrankBelowItsTasks() {
        fleet.task("a", "web", TaskStatus.RUNNING, spec(0, 1024)).host("a", 4096, 512, Map.of());

        assertRefused(fits(demand(0, 1)), Reason.MEMORY, "memory: needs 1 MiB, 0 of 512 MiB free");
    }
}
