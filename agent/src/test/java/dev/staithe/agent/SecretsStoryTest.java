package dev.staithe.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Secrets on their way into containers, with the control plane played by the test. */
final class SecretsStoryTest {
    private static final String TASK = Tasks.id(1);

    private final AgentFixture host = new AgentFixture();

    @Test
    void aContainerIsMadeWithTheValuesThatItsDefinitionNames() {
        host.controlPlane.answers = fetch -> Optional.of(values("db/password", "geheim", "web.env", "A=1\nB=2\n"));
        host.start();

        assign(app().addEnvironment(KeyValuePair.newBuilder().setName("B").setValue("own"))
                .addEnvironmentFiles(
                        EnvironmentFile.newBuilder().setValue("web.env").setType("secret")));

        assertThat(asked())
                .singleElement()
                .satisfies(fetch ->
                        assertThat(fetch.getSecrets().getNamesList()).containsExactly("db/password", "web.env"));
        assertThat(host.lastKnown(TASK)).isEqualTo("RUNNING");
        var confidential = created().confidential();
        assertThat(confidential.environment(List.of("B=own"))).containsExactly("A=1", "B=own", "PASSWORD=geheim");
        assertThat(created().toString()).doesNotContain("geheim");
    }

    @Test
    void aTaskWhoseSecretIsMissingStopsAndSaysWhich() {
        host.controlPlane.answers = fetch -> Optional.of(
                Fetched.newBuilder().setError("secret db/password: not found").build());
        host.start();

        assign(app());

        assertThat(host.controlPlane.lastOf(TASK).getStatus()).isEqualTo("STOPPED");
        assertThat(host.controlPlane.lastOf(TASK).getStoppedReason())
                .isEqualTo("ResourceInitializationError: secret db/password: not found");
        assertThat(host.engine.containers()).isEmpty();
    }

    @Test
    void whatMayBeAnsweredLaterIsAskedAgain() {
        host.controlPlane.answers = fetch -> Optional.of(
                asked().size() < 3
                        ? Fetched.newBuilder()
                                .setError("not now")
                                .setRetriable(true)
                                .build()
                        : values("db/password", "geheim"));
        host.start();

        assign(app());
        host.run(Duration.ofSeconds(10));

        assertThat(asked()).hasSize(3);
        assertThat(host.lastKnown(TASK)).isEqualTo("RUNNING");
    }

    @Test
    void aQuestionOutlivesTheSessionThatItWasAskedThrough() {
        host.start();
        assign(app());
        assertThat(asked()).hasSize(1);

        host.controlPlane.answers = fetch -> Optional.of(values("db/password", "geheim"));
        host.controlPlane.drop();
        host.run(Duration.ofSeconds(3));

        assertThat(asked()).hasSize(2);
        assertThat(host.lastKnown(TASK)).isEqualTo("RUNNING");
    }

    @Test
    void aControlPlaneThatDoesNotAnswerIsAskedAgainForAsLongAsItTakes() {
        host.start();
        assign(app());

        host.run(Duration.ofMinutes(10));
        assertThat(host.lastKnown(TASK)).isEqualTo("PENDING");
        host.controlPlane.answers = fetch -> Optional.of(values("db/password", "geheim"));
        host.run(Duration.ofMinutes(1));

        assertThat(host.lastKnown(TASK)).isEqualTo("RUNNING");
    }

    @Test
    void aTaskThatWaitsForItsSecretsCanBeStopped() {
        host.start();
        AssignedTask.Builder task = Tasks.of(1, app());
        host.controlPlane.snapshot(task.build());
        host.run(Duration.ofSeconds(15));

        host.controlPlane.delta(List.of(Tasks.stopped(task, "Task stopped by user")), List.of());
        host.run(Duration.ofSeconds(15));

        assertThat(host.lastKnown(TASK)).isEqualTo("STOPPED");
        assertThat(host.engine.containers()).isEmpty();
    }

    @Test
    void aBinaryValueIsNoVariable() {
        host.controlPlane.answers = fetch -> Optional.of(Fetched.newBuilder()
                .putSecrets("db/password", ByteString.copyFrom(new byte[] {(byte) 0xff, 1}))
                .build());
        host.start();

        assign(app());

        assertThat(host.controlPlane.lastOf(TASK).getStoppedReason())
                .startsWith("ResourceInitializationError: secrets PASSWORD: the value of db/password is not text");
    }

    @Test
    void aTaskWithoutSecretsAsksNothing() {
        host.start();

        assign(Tasks.app());

        assertThat(host.lastKnown(TASK)).isEqualTo("RUNNING");
        assertThat(asked()).isEmpty();
    }

    private static ContainerDefinition.Builder app() {
        return Tasks.app().addSecrets(Secret.newBuilder().setName("PASSWORD").setValueFrom("db/password"));
    }

    private void assign(ContainerDefinition.Builder container) {
        host.controlPlane.snapshot(Tasks.of(1, container).build());
        host.run(Duration.ofSeconds(1));
    }

    private List<Fetch> asked() {
        return host.controlPlane.received.stream()
                .filter(AgentMessage::hasFetch)
                .map(AgentMessage::getFetch)
                .toList();
    }

    private ContainerRequest created() {
        return host.engine.running().getFirst();
    }

    private static Fetched values(String... pairs) {
        Fetched.Builder fetched = Fetched.newBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            fetched.putSecrets(pairs[i], ByteString.copyFromUtf8(pairs[i + 1]));
        }
        return fetched.build();
    }
}
