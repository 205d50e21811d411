package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.controlplane.secrets.SecretReference;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.Secret;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class SecretRulesTest {
    private static final String SECRETS = "containerDefinitions[0].secrets";
    private static final String FILES = "containerDefinitions[0].environmentFiles";
    private static final String OPTIONS = "containerDefinitions[0].logConfiguration.secretOptions";

    @Test
    void takesWhatEcsTakesAndFiles() {
        assertThat(container(c -> c.addSecrets(secret("A", "db/password"))
                        .addSecrets(secret("B", "arn:aws:secretsmanager:eu-central-1:1:secret:db:user::"))
                        .addSecrets(secret("tls.key", "tls/key").setContainerPath("/run/secrets/tls.key"))
                        .addEnvironmentFiles(file("secret", "web.env"))
                        .setLogConfiguration(LogConfiguration.newBuilder()
                                .setLogDriver("json-file")
                                .addSecretOptions(secret("labels", "label")))))
                .isEmpty();
        assertThat(whole(d -> d.setTaskRoleArn("arn:aws:iam::123456789012:role/web")))
                .isEmpty();
    }

    @Test
    void refusesReferencesThatNameNothing() {
        assertThat(container(c -> c.addSecrets(secret("A", "d b"))))
                .containsExactly(SECRETS + "[0].valueFrom: d b (expected: " + SecretReference.EXPECTED + ")");
        assertThat(container(c -> c.addEnvironmentFiles(file("secret", ""))))
                .containsExactly(FILES + "[0].value: empty (expected: " + SecretReference.EXPECTED + ")");
    }

    @Test
    void aVariableComesFromOnePlace() {
        assertThat(container(c -> c.addEnvironment(KeyValuePair.newBuilder().setName("A"))
                        .addSecrets(secret("A", "a"))
                        .addSecrets(secret("", "a"))
                        .addSecrets(secret("B=", "a"))
                        .addSecrets(secret("C", "a"))
                        .addSecrets(secret("C", "a"))))
                .containsExactly(
                        SECRETS + "[0].name: A (expected: a name that no variable and no other secret has)",
                        SECRETS + "[1].name: empty (expected: a name without =)",
                        SECRETS + "[2].name: B= (expected: a name without =)",
                        SECRETS + "[4].name: C (expected: a name that no variable and no other secret has)");
    }

    @Test
    void aFileHasAPathOfItsOwn() {
        assertThat(container(c -> c.addSecrets(secret("A", "a").setContainerPath("key"))
                        .addSecrets(secret("B", "a").setContainerPath("/a/../b"))
                        .addSecrets(secret("C", "a").setContainerPath("/a:b"))
                        .addSecrets(secret("D", "a").setContainerPath("/"))
                        .addSecrets(secret("E", "a").setContainerPath("/key"))
                        .addSecrets(secret("F", "a").setContainerPath("/key"))))
                .containsExactly(
                        SECRETS
                                + "[0].containerPath: key (expected: an absolute path of a file, without .. and colons)",
                        SECRETS
                                + "[1].containerPath: /a/../b (expected: an absolute path of a file, without .. and colons)",
                        SECRETS
                                + "[2].containerPath: /a:b (expected: an absolute path of a file, without .. and colons)",
                        SECRETS + "[3].containerPath: / (expected: an absolute path of a file, without .. and colons)",
                        SECRETS + "[5].containerPath: /key (expected: a path at which nothing else is mounted)");
    }

    @Test
    void filesOnS3AreRefusedByName() {
        assertThat(container(c -> c.addEnvironmentFiles(file("s3", "arn:aws:s3:::bucket/web.env"))
                        .addEnvironmentFiles(file("", "web.env"))))
                .containsExactly(
                        FILES
                                + "[0].type: s3 is not supported yet (expected: secret, and in value the name of a secret "
                                + "whose value is the file)",
                        FILES + "[1].type: empty (expected: secret)");
        assertThat(container(c -> {
                    for (int i = 0; i < 11; i++) {
                        c.addEnvironmentFiles(file("secret", "web.env"));
                    }
                }))
                .containsExactly(FILES + ": 11 files (expected: at most 10)");
    }

    @Test
    void anOptionOfALogDriverIsGivenOnce() {
        assertThat(container(c -> c.setLogConfiguration(LogConfiguration.newBuilder()
                        .setLogDriver("json-file")
                        .putOptions("tag", "x")
                        .addSecretOptions(secret("tag", "a"))
                        .addSecretOptions(secret("labels", "a").setContainerPath("/x")))))
                .containsExactly(
                        OPTIONS + "[0].name: tag (expected: an option that is given once)",
                        OPTIONS + "[1].containerPath: /x (expected: none for an option of a log driver)");
    }

    @Test
    void theRoleOfTheAgentIsRefusedWithWhatDoesItsWork() {
        assertThat(whole(d -> d.setTaskRoleArn("a b").setExecutionRoleArn("ecsTaskExecutionRole")))
                .containsExactly(
                        "executionRoleArn: ecsTaskExecutionRole is not supported yet (expected: none: agents get secrets "
                                + "and the credentials of registries from the control plane)",
                        "taskRoleArn: a b (expected: the name of a role (1-64 of A-Z a-z 0-9 _ + = , . @ -) or "
                                + "arn:aws:iam::ACCOUNT:role/NAME)");
    }

    private static Secret.Builder secret(String name, String from) {
        return Secret.newBuilder().setName(name).setValueFrom(from);
    }

    private static EnvironmentFile.Builder file(String type, String value) {
        return EnvironmentFile.newBuilder().setType(type).setValue(value);
    }

    private static List<String> container(Consumer<ContainerDefinition.Builder> change) {
        return whole(d -> change.accept(d.getContainerDefinitionsBuilder(0)));
    }

    private static List<String> whole(Consumer<TaskDefinition.Builder> change) {
        TaskDefinition.Builder definition = World.definition("web").toBuilder();
        change.accept(definition);
        return Optional.ofNullable(catchThrowableOfType(
                        IntentException.class, () -> TaskDefinitionRules.check(definition.build())))
                .map(refused ->
                        refused.violations().stream().map(Violation::line).toList())
                .orElse(List.of());
    }
}
