package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.GetStatsRequest;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.SilentHost;
import dev.staithe.proto.v1.StatsGrpc;
import dev.staithe.proto.v1.TaskStats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TopCommandTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @BeforeEach
    void threeTasksRun() {
        controlPlane.answer(
                StatsGrpc.getGetMethod(),
                request -> GetStatsResponse.newBuilder()
                        .addTasks(task("1", "service:web", stats("app", 12.5, 40, 64)))
                        .addTasks(task("2", "service:web", stats("app", 80.25, 50, 64), stats("side", 1, 3, 0)))
                        .addTasks(task("3", "family:job", stats("app", 0, 1000, 2048)))
                        .addSilentHosts(SilentHost.newBuilder()
                                .setContainerInstance("4".repeat(32))
                                .setHostName("host-b")
                                .setReason("no answer within 5 s"))
                        .build());
        controlPlane.answer(
                ServicesGrpc.getDescribeMethod(),
                request -> DescribeServicesResponse.newBuilder()
                        .addServices(Service.newBuilder().setServiceName(request.getServices(0)))
                        .build());
    }

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void showsTheBusiestTaskFirst() {
        Typed typed = Typed.run(controlPlane, "top");

        Golden.check("top", typed.out());
        assertThat(typed.exitCode()).isZero();
    }

    @Test
    void showsContainersBelowTheirTask() {
        Golden.check(
                "top-containers", Typed.run(controlPlane, "top", "--containers").out());
    }

    @Test
    void showsTheExactFiguresInJson() {
        assertThat(Typed.run(controlPlane, "top", "-o", "json").out())
                .contains("\"memoryBytes\": \"52428800\"")
                .contains("\"reason\": \"no answer within 5 s\"");
        assertThat(Typed.run(controlPlane, "top", "-o", "name").out().lines())
                .containsExactly("1".repeat(32), "2".repeat(32), "3".repeat(32));
    }

    @Test
    void asksForWhatWasNamed() {
        Typed.run(controlPlane, "top", "service/web");
        assertThat(controlPlane.last(GetStatsRequest.class).getService()).isEqualTo("web");

        Typed.run(controlPlane, "top", "3f2a");
        assertThat(controlPlane.last(GetStatsRequest.class).getTask()).isEqualTo("3f2a");

        Typed.run(controlPlane, "top", "--instance", "host-a");
        assertThat(controlPlane.last(GetStatsRequest.class).getContainerInstance())
                .isEqualTo("host-a");
    }

    @Test
    void oneThingAtATime() {
        Typed typed = Typed.run(controlPlane, "top", "service/web", "--instance", "host-a");

        assertThat(typed.exitCode()).isEqualTo(64);
        assertThat(typed.err()).contains("--instance goes without service/web");
    }

    private static TaskStats task(String digit, String group, ContainerStats... containers) {
        TaskStats.Builder task = TaskStats.newBuilder()
                .setTaskId(digit.repeat(32))
                .setGroup(group)
                .setTaskDefinition("job:7")
                .setHostName("host-a");
        for (ContainerStats container : containers) {
            task.addContainers(container);
        }
        return task.build();
    }

    private static ContainerStats stats(String name, double percent, long mebibytes, long limit) {
        return ContainerStats.newBuilder()
                .setContainer(name)
                .setCpuPercent(percent)
                .setMemoryBytes(mebibytes << 20)
                .setMemoryLimitBytes(limit << 20)
                .setNetworkReceivedBytes(812)
                .setNetworkSentBytes(1536)
                .setBlockReadBytes(4096)
                .setProcesses(2)
                .build();
    }
}
