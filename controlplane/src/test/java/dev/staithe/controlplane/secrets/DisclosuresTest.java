package dev.staithe.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.agent.v1.CredentialsFetch;
import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.agent.v1.SecretsFetch;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.Secret;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DisclosuresTest {
    private static final String HOST = "1".repeat(32);
    private static final String TASK = "7".repeat(32);

    private World world = new World();

    @BeforeEach
    void aTaskWithSecretsAndARole() throws IntentException {
        world = World.withDefaultCluster();
        TaskDefinition.Builder definition = World.definition("web").toBuilder().setTaskRoleArn("web");
        definition
                .getContainerDefinitionsBuilder(0)
                .addSecrets(Secret.newBuilder().setName("A").setValueFrom("db/password"))
                .addSecrets(Secret.newBuilder().setName("B").setValueFrom("db/user:name"))
                .addEnvironmentFiles(
                        EnvironmentFile.newBuilder().setValue("web.env").setType("secret"));
        world.definitions.register(definition.build());
        Service service = world.services
                .create(World.service("web", "web", 1), world.state())
                .value();
        world.put(World.task(service, TASK, TaskStatus.PENDING));
    }

    @Test
    void tellsAHostWhatItsTaskMayKnow() throws IntentException {
        set("db/password", "geheim");
        set("db/user", "{\"name\":\"anna\"}");

        Fetched answer = secrets(HOST, TASK, "db/password", "db/user:name");

        assertThat(answer.getError()).isEmpty();
        assertThat(answer.getSecretsMap())
                .isEqualTo(Map.of(
                        "db/password", ByteString.copyFromUtf8("geheim"),
                        "db/user:name", ByteString.copyFromUtf8("anna")));
    }

    @Test
    void tellsNothingToAnotherHost() throws IntentException {
        set("db/password", "geheim");

        assertThat(secrets("2".repeat(32), TASK, "db/password").getError())
                .isEqualTo("task " + TASK + ": not assigned to this container instance");
        assertThat(secrets(HOST, "9".repeat(32), "db/password").getError()).contains("not assigned");
        assertThat(credentials("2".repeat(32), TASK).getError()).contains("not assigned");
    }

    @Test
    void tellsNothingToATaskThatHasStopped() throws IntentException {
        set("db/password", "geheim");
        Service service = world.state().service("default", "web").orElseThrow();
        world.put(World.task(service, TASK, TaskStatus.STOPPED));

        assertThat(secrets(HOST, TASK, "db/password").getError()).contains("not assigned");
    }

    @Test
    void tellsNothingThatTheDefinitionDoesNotName() throws IntentException {
        set("db/password", "geheim");
        set("other", "geheim");

        assertThat(secrets(HOST, TASK, "other", "db/password", "db/password:key")
                        .getError())
                .isEqualTo("secret db/password:key: not named by the task's definition; "
                        + "secret other: not named by the task's definition");
    }

    @Test
    void namesEverySecretThatIsMissing() {
        Fetched answer = secrets(HOST, TASK, "db/password", "web.env");

        assertThat(answer.getRetriable()).isFalse();
        assertThat(answer.getError())
                .isEqualTo(
                        "secret db/password: not found in cluster default (create it: staithe secret set db/password);"
                                + " secret web.env: not found in cluster default (create it: staithe secret set web.env)");
    }

    @Test
    void saysThatItHasAnotherKey() throws IntentException {
        set("db/password", "geheim");

        assertThat(ask(TestKeys.of(2), HOST, question(TASK, "db/password")).getError())
                .contains("encrypted with key " + TestKeys.ONE.first());
    }

    @Test
    void givesTheCredentialsOfTheTasksOwnRole() throws IntentException {
        assertThat(credentials(HOST, TASK).getError())
                .isEqualTo("role web: not found in cluster default (create it: staithe role set web)");

        world.roles.set(
                SetRoleRequest.newBuilder()
                        .setName("web")
                        .setAccessKeyId("AKIA1")
                        .setSecretAccessKey(ByteString.copyFromUtf8("hush"))
                        .build(),
                world.state());
        Fetched answer = credentials(HOST, TASK);

        assertThat(answer.getCredentials().getRole()).isEqualTo("web");
        assertThat(answer.getCredentials().getAccessKeyId()).isEqualTo("AKIA1");
        assertThat(answer.getCredentials().getSecretAccessKey()).isEqualTo("hush");
        assertThat(answer.getCredentials().getExpiresAtMs()).isZero();
    }

    @Test
    void whatACommandCannotMakeNowMayBeAskedForAgain() throws IntentException {
        world.roles.set(
                SetRoleRequest.newBuilder().setName("web").setCommand("vault").build(), world.state());

        Fetched answer = credentials(HOST, TASK);

        assertThat(answer.getRetriable()).isTrue();
        assertThat(answer.getError()).contains("its command vault is not among the roleCommands");
    }

    private void set(String name, String value) throws IntentException {
        world.secrets.set(
                SetSecretRequest.newBuilder()
                        .setName(name)
                        .setValue(ByteString.copyFromUtf8(value))
                        .build(),
                world.state());
    }

    private Fetched secrets(String host, String task, String... names) {
        return ask(TestKeys.ONE, host, question(task, names));
    }

    private Fetched credentials(String host, String task) {
        return ask(
                TestKeys.ONE,
                host,
                Fetch.newBuilder()
                        .setTaskId(task)
                        .setCredentials(CredentialsFetch.getDefaultInstance())
                        .build());
    }

    private static Fetch question(String task, String... names) {
        return Fetch.newBuilder()
                .setTaskId(task)
                .setSecrets(SecretsFetch.newBuilder().addAllNames(List.of(names)))
                .build();
    }

    private Fetched ask(SecretKeys keys, String host, Fetch question) {
        var loop = world.manual.loop("control");
        Disclosures disclosures = new Disclosures(
                loop, world.environment, world::state, keys, new RoleCommands(loop, world.environment, Map.of()));
        List<Fetched> answers = new ArrayList<>();
        loop.execute(() -> disclosures.fetch(host, question, answers::add));
        world.manual.run();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }
}
