package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.Secret;
import dev.staithe.proto.v1.TaskDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretCheckTest {
    @Test
    void letsPlainOnesPass() {
        assertThat(SecretCheck.problem(with(ContainerDefinition.newBuilder()
                        .addSecrets(Secret.newBuilder().setName("A").setValueFrom("a"))
                        .addSecrets(Secret.newBuilder()
                                .setName("b")
                                .setValueFrom("a")
                                .setContainerPath("/run/secrets/b"))
                        .addEnvironmentFiles(EnvironmentFile.newBuilder().setType("secret")))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "/", "/a/../b", "/a:b", "/a\0b", "//", "/a/./b"})
    void refusesPathsThatWouldBecomeSomethingElse(String path) {
        assertThat(SecretCheck.problem(with(ContainerDefinition.newBuilder()
                        .addSecrets(Secret.newBuilder().setName("A").setContainerPath(path)))))
                .get()
                .asString()
                .startsWith("HostConfigError: containerDefinitions[0].secrets.containerPath: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "A\0"})
    void refusesNamesThatAreNoVariables(String name) {
        assertThat(SecretCheck.problem(with(ContainerDefinition.newBuilder()
                        .addSecrets(Secret.newBuilder().setName(name)))))
                .get()
                .asString()
                .startsWith("HostConfigError: containerDefinitions[0].secrets.name: ");
    }

    @Test
    void refusesFilesFromElsewhere() {
        assertThat(SecretCheck.problem(with(ContainerDefinition.newBuilder()
                        .addEnvironmentFiles(EnvironmentFile.newBuilder().setType("s3")))))
                .contains("HostConfigError: containerDefinitions[0].environmentFiles.type: s3 (expected: secret)");
    }

    private static TaskDefinition with(ContainerDefinition.Builder container) {
        return TaskDefinition.newBuilder().addContainerDefinitions(container).build();
    }
}
