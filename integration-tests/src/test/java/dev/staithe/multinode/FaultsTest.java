package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.docker.TestRegistry;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users and hosts do wrong, on a real engine. */
final class FaultsTest {
    private static final String IMPAIRED = "is unable to consistently start tasks successfully.";

    @RegisterExtension
    final Site site = new Site();

    private Engine engine;
    private Api api;

    @BeforeEach
    void start() {
        String address = Site.freeAddress();
        engine = site.engine();
        api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        site.agent("host", List.of(address));
        Site.awaitAgent(api);
    }

    @Test
    void anImageThatDoesNotExistIsNamedAndTheServiceSlowsDown() throws IOException {
        String image = site.closing(new TestRegistry()).image("no-such-image:1");
        TaskDefinition definition = site.sleeper("ghost", image).build();
        api.createService("ghost", api.register(definition), 1);

        awaitEvent("ghost", IMPAIRED);
        Task task = api.tasks("ghost", "STOPPED").getFirst();
        assertThat(task.getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(task.getStoppedReason())
                .isEqualTo("CannotPullContainerError: " + image
                        + ": manifest unknown. To do: check the image's name and tag");
        assertThat(task.getContainers(0).hasExitCode()).isFalse();
        // Faster than the growing wait between two attempts, it would have tried a hundred times by now.
        assertThat(api.service("ghost").getDeployments(0).getFailedTasks()).isBetween(2, 8);
        assertThat(engine.containers()).isEmpty();
    }

    @Test
    void aContainerThatExitsAtOnceIsReportedWithItsExitCodeAndTheServiceSlowsDown() {
        TaskDefinition definition =
                site.definition("brief", engine.image(), "exit 3").build();
        api.createService("brief", api.register(definition), 1);

        awaitEvent("brief", IMPAIRED);
        assertThat(api.tasks("brief", "STOPPED")).hasSizeBetween(2, 8).allSatisfy(task -> {
            assertThat(task.getStopCode()).isEqualTo("EssentialContainerExited");
            assertThat(task.getContainers(0).getExitCode()).isEqualTo(3);
        });
    }

    @Test
    void aSecondTaskWithTheSameHostPortIsExplainedAndNotPlaced() {
        int port = Site.port(Site.freeAddress());
        TaskDefinition.Builder definition =
                site.sleeper("fixed", engine.image()).setNetworkMode("bridge");
        definition
                .getContainerDefinitionsBuilder(0)
                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(port));
        api.createService("fixed", api.register(definition.build()), 2);

        awaitEvent("fixed", "is already using a port required by your task.");
        Site.await("one runs").until(() -> api.service("fixed").getRunningCount() == 1);
        Service service = api.service("fixed");
        assertThat(service.getPlacement().getWaitingCount()).isEqualTo(1);
        assertThat(service.getPlacement().getHostsList()).singleElement().satisfies(host -> {
            assertThat(host.getReason()).isEqualTo("RESOURCE:PORTS");
            assertThat(host.getDetail()).contains(Integer.toString(port));
        });
        assertThat(api.tasks("fixed", "ALL")).hasSize(1);
        assertThat(engine.containers()).hasSize(1);
    }

    @Test
    void aContainerThatIgnoresTheSignalIsKilledAfterItsStopTimeout() {
        TaskDefinition.Builder definition =
                site.definition("deaf", engine.image(), "trap '' TERM; while true; do sleep 1; done");
        definition.getContainerDefinitionsBuilder(0).setStopTimeout(2);
        Task task = api.run(api.register(definition.build()), "deaf-1").getTasks(0);
        Site.await("it runs")
                .until(() -> api.task(task.getTaskId()).getLastStatus().equals("RUNNING"));

        long asked = System.nanoTime();
        api.stop(task.getTaskId());
        Site.await("it is over")
                .until(() -> api.task(task.getTaskId()).getLastStatus().equals("STOPPED"));

        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(api.task(task.getTaskId()).getStopCode()).isEqualTo("UserInitiated");
        assertThat(api.task(task.getTaskId()).getContainers(0).getExitCode()).isEqualTo(137);
    }

    private void awaitEvent(String service, String text) {
        Site.await("the event: " + text)
                .until(() -> api.service(service).getEventsList().stream()
                        .anyMatch(event -> event.getMessage().contains(text)));
    }
}
