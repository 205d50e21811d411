package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.NetworkSettings;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sandboxes on the real engine: what they may do, and what a container in one can and sees. */
final class SandboxOnDockerTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());

    @AfterEach
    void cleanUp() {
        engine.close();
    }

    @Test
    void answersOnThePortOfItsSandbox() throws ContainerFault {
        ContainerRequest request = request(app("while true; do echo ahoy | nc -l -p 8080; done")
                .addPortMappings(PortMapping.newBuilder().setContainerPort(8080)));

        String id = startedIn(sandbox(request), request);

        int port = view(id).ports().getFirst().hostPort();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> said(port).equals("ahoy\n"));
        assertThat(view(id).presence().addresses()).hasSize(1);
        assertThat(view(id).presence().networkMode()).isEqualTo("bridge");
    }

    @Test
    void aSandboxHasNoRightsAndNextToNoMemory() throws ContainerFault {
        String sandbox = sandbox(request(app("true")));

        InspectContainerResponse shown =
                engine.client().inspectContainerCmd(sandbox).exec();

        assertThat(shown.getState().getRunning()).isTrue();
        assertThat(shown.getHostConfig().getCapDrop()).containsExactly(Capability.ALL);
        assertThat(shown.getHostConfig().getReadonlyRootfs()).isTrue();
        assertThat(shown.getHostConfig().getSecurityOpts()).containsExactly("no-new-privileges");
        assertThat(shown.getHostConfig().getMemory()).isEqualTo(6 << 20);
        assertThat(shown.getHostConfig().getPidsLimit()).isEqualTo(64);
        assertThat(shown.getHostConfig().getLogConfig().getType().getType()).isEqualTo("none");
    }

    @Test
    void aContainerInASandboxIsCheckedAndStoppedAsEver() throws ContainerFault {
        ContainerRequest request = request(app("trap 'exit 143' TERM; sleep 3600 & wait")
                .setHealthCheck(HealthCheck.newBuilder()
                        .addCommand("CMD-SHELL")
                        .addCommand("true")
                        .setInterval(1)));
        String id = startedIn(sandbox(request), request);

        await().atMost(Duration.ofSeconds(20)).until(() -> view(id).health() == Health.HEALTHY);
        runtime.stop(id, Duration.ofSeconds(10));

        assertThat(view(id).exitCode()).hasValue(143);
    }

    @Test
    void theImageIsLoadedAgainWhenSomebodyRemovedIt() throws ContainerFault {
        String first = sandbox(request(app("true")));
        String image = engine.client().inspectContainerCmd(first).exec().getImageId();
        runtime.removeSandbox(first);
        try {
            engine.client().removeImageCmd(image).exec();
        } catch (com.github.dockerjava.api.exception.ConflictException usedBySomebodyElse) {
            return;
        }

        assertThat(view(sandbox(request(app("true")))).imageId()).isEqualTo(image);
    }

    @Test
    void aUsersLabelsCannotPassForOurs() throws ContainerFault {
        ContainerRequest request = request(app("sleep 3600")
                .putDockerLabels(ContainerLabels.SANDBOX, "x")
                .putDockerLabels(ContainerLabels.NETWORK, "y")
                .putDockerLabels("team", "harbour"));

        String id = runtime.create(request);

        assertThat(view(id).labels())
                .containsEntry("team", "harbour")
                .doesNotContainKeys(ContainerLabels.SANDBOX, ContainerLabels.NETWORK);
    }

    private static String said(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String sandbox(ContainerRequest request) throws ContainerFault {
        return runtime.makeSandbox(NetworkSettings.of(request.taskDefinition(), request.container())
                .orElseThrow()
                .request(engine.instance(), engine.instance()));
    }

    private String startedIn(String sandbox, ContainerRequest request) throws ContainerFault {
        String id = runtime.create(request.joining(sandbox));
        runtime.start(id);
        return id;
    }

    private ContainerView view(String id) throws ContainerFault {
        return runtime.inspect(id).orElseThrow();
    }

    private ContainerDefinition.Builder app(String script) {
        return ContainerDefinition.newBuilder()
                .setName("app")
                .setImage(TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", script));
    }

    private ContainerRequest request(ContainerDefinition.Builder app) {
        TaskDefinition task = TaskDefinition.newBuilder()
                .setFamily("test")
                .setRevision(1)
                .addContainerDefinitions(app)
                .build();
        return new ContainerRequest(
                "staithe-test-" + engine.instance(),
                TASK,
                task,
                app.build(),
                ContainerLabels.of(engine.instance(), "default", TASK, task, "app"),
                List.of(),
                Map.of());
    }
}
