package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerRuntimeContract;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract on the real engine of this host. */
final class DockerRuntimeTest extends ContainerRuntimeContract {
    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());

    @AfterEach
    void cleanUp() {
        engine.close();
    }

    @Override
    protected ContainerRuntime runtime() {
        return runtime;
    }

    @Override
    protected String instance() {
        return engine.instance();
    }

    @Override
    protected ContainerRuntime anotherAgent(String otherInstance) {
        return engine.runtime(otherInstance, DockerDeadlines.standard());
    }

    @Override
    protected String foreignContainer() {
        return engine.foreignContainer();
    }

    @Override
    protected int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected ContainerDefinition.Builder container(Behaviour behaviour) {
        return switch (behaviour) {
            case RUNS -> shell(RUN);
            case EXITS_WITH_3 -> shell("exit 3");
            case IGNORES_SIGTERM -> shell("trap '' TERM; sleep 3600");
            case CANNOT_START -> shell("").clearEntryPoint().addEntryPoint("/missing");
            case PRINTS -> shell("echo one; echo two; echo three");
            case IS_HEALTHY -> shell(RUN).setHealthCheck(check("echo fine"));
            case IS_UNHEALTHY -> shell(RUN).setHealthCheck(check("echo broken; exit 1"));
        };
    }

    private static final String RUN = "trap 'exit 143' TERM; sleep 3600 & wait";

    private ContainerDefinition.Builder shell(String script) {
        return ContainerDefinition.newBuilder()
                .setName("app")
                .setImage(TestImages.busybox(engine.client()))
                .addAllEntryPoint(List.of("sh", "-c"))
                .addCommand(script);
    }

    private static HealthCheck.Builder check(String script) {
        return HealthCheck.newBuilder().addCommand("CMD-SHELL").addCommand(script);
    }

    @Override
    protected void eventually(Condition condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(condition::holds);
    }

    @Test
    void saysWhenMemoryKilledAContainer() throws ContainerFault {
        String id = started(shell("tail /dev/zero").setMemory(8));

        eventually(() -> view(id).state() == State.STOPPED);

        assertThat(view(id).oomKilled()).isTrue();
        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(137));
    }
}
