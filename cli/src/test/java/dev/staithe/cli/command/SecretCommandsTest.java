package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.DeleteSecretRequest;
import dev.staithe.proto.v1.DeleteSecretResponse;
import dev.staithe.proto.v1.ListRolesResponse;
import dev.staithe.proto.v1.ListSecretsResponse;
import dev.staithe.proto.v1.ReencryptSecretsResponse;
import dev.staithe.proto.v1.Role;
import dev.staithe.proto.v1.RolesGrpc;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.proto.v1.SetRoleResponse;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.SetSecretResponse;
import dev.staithe.proto.v1.StoredSecret;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretCommandsTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void setsASecretFromStandardInputByteByByte() {
        answerSet();

        Typed typed = Typed.run(Typed.variables(controlPlane), "geheim", "secret", "set", "db/password");

        assertThat(typed).isEqualTo(new Typed(0, "secret db/password has version 3, 6 bytes\n", ""));
        assertThat(controlPlane.last(SetSecretRequest.class).getValue().toStringUtf8())
                .isEqualTo("geheim");
    }

    @Test
    void saysThatANewlineBelongsToTheValue() {
        answerSet();

        Typed typed = Typed.run(Typed.variables(controlPlane), "geheim\n", "secret", "set", "db/password");

        assertThat(typed.out()).isEqualTo("""
                        secret db/password has version 3, 7 bytes
                        note: the last byte is a newline, and part of the value (echo writes one, printf does not)
                        """);
    }

    @Test
    void setsASecretFromAFileOrAVariable(@TempDir Path directory) throws Exception {
        answerSet();
        Path file = directory.resolve("key");
        Files.write(file, new byte[] {(byte) 0xff, 0, 1});

        assertThat(Typed.run(controlPlane, "secret", "set", "tls/key", "--from-file", file.toString())
                        .exitCode())
                .isZero();
        assertThat(controlPlane.last(SetSecretRequest.class).getValue().toByteArray())
                .containsExactly(0xff, 0, 1);
        Map<String, String> variables = new TreeMap<>(Typed.variables(controlPlane));
        variables.put("DB_PASSWORD", "geheim");
        assertThat(Typed.run(variables, "", "secret", "set", "a", "--from-env", "DB_PASSWORD")
                        .exitCode())
                .isZero();
        assertThat(controlPlane.last(SetSecretRequest.class).getValue().toStringUtf8())
                .isEqualTo("geheim");
    }

    @Test
    void refusesWhatIsNoValue(@TempDir Path directory) throws Exception {
        Path large = directory.resolve("large");
        Files.write(large, new byte[65_537]);

        assertThat(Typed.run(controlPlane, "secret", "set", "a").err())
                .isEqualTo("error: the value of a is empty (expected: 1-65536 bytes)\n");
        assertThat(Typed.run(controlPlane, "secret", "set", "a", "--from-env", "NO_SUCH_VARIABLE")
                        .err())
                .isEqualTo("error: --from-env: NO_SUCH_VARIABLE is not set (expected: an environment variable)\n");
        assertThat(Typed.run(
                                controlPlane,
                                "secret",
                                "set",
                                "a",
                                "--from-file",
                                directory.resolve("none").toString())
                        .err())
                .contains("no such file");
        assertThat(Typed.run(controlPlane, "secret", "set", "a", "--from-file", large.toString())
                        .err())
                .isEqualTo("error: the value of a is larger than 65536 bytes (expected: 1-65536 bytes)\n");
        assertThat(Typed.run(controlPlane, "secret", "set", "a", "--from-file", "x", "--from-env", "y")
                        .exitCode())
                .isEqualTo(64);
        assertThat(Typed.run(controlPlane, "secret", "set", "a", "geheim").exitCode())
                .isEqualTo(64);
        assertThat(controlPlane.requests()).isEmpty();
    }

    @Test
    void listsSecretsWithoutValues() {
        controlPlane.answer(
                SecretsGrpc.getListMethod(),
                request -> request.getNextToken().isEmpty()
                        ? ListSecretsResponse.newBuilder()
                                .addSecrets(secret("db/password", 3, 6))
                                .setNextToken("2")
                                .build()
                        : ListSecretsResponse.newBuilder()
                                .addSecrets(secret("tls/key", 1, 1704))
                                .build());

        assertThat(Typed.run(controlPlane, "secret", "list").out()).isEqualTo("""
                        SECRET       VERSION  BYTES  KEY       SET
                        db/password  3        6      72cd6e84  3h ago
                        tls/key      1        1704   72cd6e84  3h ago
                        """);
        assertThat(Typed.run(controlPlane, "secret", "list", "-o", "name").out())
                .isEqualTo("db/password\ntls/key\n");
        assertThat(Typed.run(controlPlane, "secret", "list", "-o", "json").out())
                .contains("\"name\": \"db/password\"", "\"keyId\": \"72cd6e84\"");
    }

    @Test
    void deletesASecretAndSaysWhoNeedsIt() {
        controlPlane.answer(SecretsGrpc.getDeleteMethod(), request -> {
            if (!request.getForce()) {
                throw FakeControlPlane.refusal(
                        Status.Code.FAILED_PRECONDITION, "SECRET_IN_USE", "secret a is needed by service web");
            }
            return DeleteSecretResponse.newBuilder()
                    .setSecret(secret("a", 1, 1))
                    .build();
        });

        assertThat(Typed.run(controlPlane, "secret", "delete", "a"))
                .isEqualTo(new Typed(1, "", "error: secret a is needed by service web\ntry: the same with --force\n"));
        assertThat(Typed.run(controlPlane, "secret", "delete", "a", "--force"))
                .isEqualTo(new Typed(0, "secret a is deleted\n", ""));
        assertThat(controlPlane.last(DeleteSecretRequest.class).getName()).isEqualTo("a");
    }

    @Test
    void encryptsAnewAndFailsWhenSomethingCannotBeRead() {
        controlPlane.answer(
                SecretsGrpc.getReencryptMethod(),
                request -> ReencryptSecretsResponse.newBuilder()
                        .setReencrypted(2)
                        .addUnreadable("default/a")
                        .build());

        Typed typed = Typed.run(controlPlane, "secret", "reencrypt");

        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.out()).isEqualTo("2 records encrypted with the first key\n");
        assertThat(typed.err()).startsWith("error: none of the keys can read default/a\n");
    }

    @Test
    void setsARoleOfEitherKind() {
        controlPlane.answer(
                RolesGrpc.getSetMethod(),
                request -> SetRoleResponse.newBuilder()
                        .setRole(Role.newBuilder().setName(request.getName()).setVersion(1))
                        .build());

        assertThat(Typed.run(controlPlane, "role", "set", "web", "--command", "vault"))
                .isEqualTo(new Typed(0, "role web has version 1\n", ""));
        assertThat(controlPlane.last(SetRoleRequest.class).getCommand()).isEqualTo("vault");
        assertThat(Typed.run(
                                Typed.variables(controlPlane),
                                "geheim\n",
                                "role",
                                "set",
                                "web",
                                "--access-key-id",
                                "AKIA1")
                        .exitCode())
                .isZero();
        assertThat(controlPlane.last(SetRoleRequest.class).getSecretAccessKey().toStringUtf8())
                .isEqualTo("geheim");
        assertThat(Typed.run(controlPlane, "role", "set", "web").err())
                .isEqualTo("error: --command and --access-key-id: expected one of the two\n");
    }

    @Test
    void listsRoles() {
        controlPlane.answer(
                RolesGrpc.getListMethod(),
                request -> ListRolesResponse.newBuilder()
                        .addRoles(Role.newBuilder()
                                .setName("uploader")
                                .setAccessKeyId("AKIA1")
                                .setVersion(2)
                                .setUpdatedAt(ago()))
                        .addRoles(Role.newBuilder()
                                .setName("web")
                                .setCommand("vault")
                                .setVersion(1)
                                .setUpdatedAt(ago()))
                        .build());

        assertThat(Typed.run(controlPlane, "role", "list").out()).isEqualTo("""
                        ROLE      CREDENTIALS            VERSION  SET
                        uploader  access key AKIA1       2        3h ago
                        web       made by command vault  1        3h ago
                        """);
    }

    private void answerSet() {
        controlPlane.answer(
                SecretsGrpc.getSetMethod(),
                request -> SetSecretResponse.newBuilder()
                        .setSecret(
                                secret(request.getName(), 3, request.getValue().size()))
                        .build());
    }

    private static StoredSecret secret(String name, long version, int size) {
        return StoredSecret.newBuilder()
                .setName(name)
                .setVersion(version)
                .setSize(size)
                .setKeyId("72cd6e84")
                .setCreatedAt(ago())
                .setUpdatedAt(ago())
                .build();
    }

    private static Timestamp ago() {
        return Timestamp.newBuilder()
                .setSeconds(Typed.NOW.getEpochSecond() - 3 * 3600)
                .build();
    }
}
