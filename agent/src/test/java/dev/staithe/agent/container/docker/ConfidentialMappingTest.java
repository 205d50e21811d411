package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.container.Confidential;
import dev.staithe.agent.container.Confidential.FileMount;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Seen;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.TaskDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container gets beside its definition, on the real engine. */
final class ConfidentialMappingTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());

    @AfterEach
    void cleanUp() {
        engine.close();
    }

    @Test
    void aContainerSeesItsSecrets(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("0"), "from a file");
        Confidential confidential = new Confidential(
                Map.of("A", "from an environment file", "B", "from an environment file"),
                Map.of("C", "from a secret"),
                Map.of("tag", "quiet"),
                List.of(new FileMount(file.toString(), "/run/secrets/key")));

        String id = create(
                "see",
                "echo $A; echo $B; echo $C; cat /run/secrets/key; echo; echo x > /run/secrets/key",
                confidential);
        runtime.start(id);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runtime.inspect(id).orElseThrow().state() == State.STOPPED);
        Seen seen = new Seen();
        runtime.logs(id, LogRequest.whole(false), seen);
        await().until(() -> !seen.ends().isEmpty());

        assertThat(seen.stdout())
                .containsExactly("from an environment file", "from the definition", "from a secret", "from a file");
        assertThat(file).hasContent("from a file");
        assertThat(engine.client()
                        .inspectContainerCmd(id)
                        .exec()
                        .getHostConfig()
                        .getLogConfig()
                        .getConfig())
                .containsEntry("tag", "quiet")
                .containsEntry("max-size", "1m");
    }

    /** Engines try the options of a log driver when the container is made, or when it is started. */
    @Test
    void whatTheEngineDoesNotLikeIsNotQuoted() {
        Confidential confidential = new Confidential(Map.of(), Map.of(), Map.of("max-file", "hush-hush"), List.of());

        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> {
            try {
                runtime.start(create("bad", "true", confidential));
            } catch (ContainerFault refused) {
                throw refused.kind() == Kind.CannotCreateContainerError ? confidential.hiddenIn(refused) : refused;
            }
        });

        assertThat(fault.reason()).contains("***").doesNotContain("hush-hush");
        assertThat(fault).hasNoCause();
    }

    private String create(String name, String script, Confidential confidential) throws ContainerFault {
        ContainerDefinition container = ContainerDefinition.newBuilder()
                .setName(name)
                .setImage(TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", script))
                .addEnvironment(KeyValuePair.newBuilder().setName("B").setValue("from the definition"))
                .setLogConfiguration(
                        LogConfiguration.newBuilder().setLogDriver("json-file").putOptions("max-size", "1m"))
                .build();
        TaskDefinition task = TaskDefinition.newBuilder()
                .setFamily("test")
                .setRevision(1)
                .addContainerDefinitions(container)
                .build();
        return runtime.create(new ContainerRequest(
                        "staithe-test-" + engine.instance() + "-" + name,
                        TASK,
                        task,
                        container,
                        ContainerLabels.of(engine.instance(), "default", TASK, task, name),
                        List.of(),
                        Map.of())
                .with(confidential));
    }
}
