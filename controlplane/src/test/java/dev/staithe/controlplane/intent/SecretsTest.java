package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.secrets.SecretKeys;
import dev.staithe.controlplane.secrets.SecretPlace;
import dev.staithe.controlplane.secrets.TestKeys;
import dev.staithe.controlplane.secrets.UnreadableSecretException;
import dev.staithe.proto.v1.DeleteClusterRequest;
import dev.staithe.proto.v1.DeleteRoleRequest;
import dev.staithe.proto.v1.DeleteSecretRequest;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.TaskDefinition;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SecretsTest {
    private World world = new World();

    @BeforeEach
    void aCluster() throws IntentException {
        world = World.withDefaultCluster();
    }

    @Test
    void everyValueIsAVersion() throws IntentException, UnreadableSecretException {
        set("db/password", "one");
        Secret second = set("db/password", "two");

        assertThat(second.version()).isEqualTo(2);
        assertThat(world.state().secret("default", "db/password")).contains(second);
        assertThat(TestKeys.ONE.open(SecretPlace.of(second), second.value()).toStringUtf8())
                .isEqualTo("two");
    }

    @Test
    void theStoreHasNoValue() throws Exception {
        set("db/password", "hush hush hush");
        role("web", "hush hush hush");

        assertThat(world.store.load().entries())
                .noneSatisfy(entry -> assertThat(entry.value().toString(StandardCharsets.ISO_8859_1))
                        .contains("hush"));
        assertThat(world.state().secret("default", "db/password").toString()).doesNotContain("hush");
    }

    @Test
    void aRecordThatWasPutInAnothersPlaceCannotBeRead() throws IntentException {
        Secret one = set("one", "1111");
        Secret two = set("two", "2222");

        assertThat(catchThrowableOfType(
                        UnreadableSecretException.class, () -> TestKeys.ONE.open(SecretPlace.of(one), two.value())))
                .hasMessageStartingWith("secret one: its record was damaged, or changed");
    }

    @Test
    void withoutAKeyNothingIsStored() {
        Secrets keyless = new Secrets(world.store, world.environment, SecretKeys.NONE);

        IntentException refused = refused(() -> keyless.set(request("a", "1"), world.state()));

        assertThat(refused.reason()).isEqualTo(Reason.SECRETS_KEY_MISSING);
        assertThat(refused)
                .hasMessageContaining("this control plane has no key to encrypt with")
                .hasMessageContaining("secretsKeyFile");
    }

    @Test
    void aControlPlaneWithAnotherKeyStoresNothing() throws IntentException {
        set("a", "1");
        Secrets other = new Secrets(world.store, world.environment, TestKeys.of(2));

        IntentException refused = refused(() -> other.set(request("b", "1"), world.state()));

        assertThat(refused.reason()).isEqualTo(Reason.SECRETS_KEY_MISSING);
        assertThat(refused)
                .hasMessage("secret a is encrypted with key " + TestKeys.ONE.first()
                        + ", which this control plane's secretsKeyFile does not have (it has "
                        + TestKeys.of(2).first() + "; give every control plane the same secretsKeyFile)");
    }

    @Test
    void aNewFirstKeyEncryptsEverythingOnceItIsAsked() throws IntentException, UnreadableSecretException {
        Secret before = set("a", "1");
        role("web", "hush");
        SecretKeys rotated = TestKeys.of(2, 1);
        Secrets secrets = new Secrets(world.store, world.environment, rotated);

        assertThat(secrets.reencrypt(world.state()).count()).isEqualTo(2);
        assertThat(secrets.reencrypt(world.state()).count()).isZero();

        Secret after = world.state().secret("default", "a").orElseThrow();
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(TestKeys.of(2).open(SecretPlace.of(after), after.value()).toStringUtf8())
                .isEqualTo("1");
        Role role = world.state().role("default", "web").orElseThrow();
        assertThat(((Role.Credentials.Fixed) role.credentials()).keys().keyId()).isEqualTo(rotated.first());
    }

    @Test
    void whatCannotBeReadIsNamedAndLeftAsItIs() throws IntentException {
        set("a", "1");

        var done = new Secrets(world.store, world.environment, TestKeys.of(2)).reencrypt(world.state());

        assertThat(done.unreadable()).containsExactly("default/a");
        assertThat(done.count()).isZero();
    }

    @Test
    void refusesByFieldAndShowsNoValue() {
        IntentException name = refused(() -> set("a b", "1"));
        IntentException empty = refused(() -> set("a", ""));
        IntentException large = refused(() -> set("a", "hush".repeat(20_000)));

        assertThat(name).hasMessage("name: a b (expected: 1-255 of A-Z a-z 0-9 _ . / -)");
        assertThat(empty).hasMessage("value: 0 bytes (expected: 1-65536)");
        assertThat(large).hasMessage("value: 80000 bytes (expected: 1-65536)");
    }

    @Test
    void aSecretThatIsNeededIsDeletedByForceAlone() throws IntentException {
        set("db/password", "one");
        TaskDefinition.Builder definition = World.definition("web").toBuilder();
        definition
                .getContainerDefinitionsBuilder(0)
                .addSecrets(
                        dev.staithe.proto.v1.Secret.newBuilder().setName("A").setValueFrom("db/password:key"));
        world.definitions.register(definition.build());
        world.services.create(World.service("web", "web", 1), world.state());

        IntentException refused = refused(() -> delete("db/password", false));
        assertThat(refused.reason()).isEqualTo(Reason.SECRET_IN_USE);
        assertThat(refused).hasMessageStartingWith("secret db/password is needed by service web (delete it with force");

        delete("db/password", true);
        assertThat(world.state().secrets()).isEmpty();
        assertThat(refused(() -> delete("db/password", true)).reason()).isEqualTo(Reason.SECRET_NOT_FOUND);
    }

    @Test
    void aClusterWithSecretsStays() throws IntentException {
        set("a", "1");

        IntentException refused = refused(() -> world.clusters.delete(
                DeleteClusterRequest.newBuilder().setCluster("default").build()));

        assertThat(refused)
                .hasMessage("ClusterContainsSecretsException: cluster default has 1 secrets and roles "
                        + "(delete them first)");
    }

    @Test
    void aRoleIsOneOfTwoKinds() {
        assertThat(refusedRole(SetRoleRequest.newBuilder()))
                .hasMessageStartingWith(
                        "accessKeyId: empty (expected: 1-128 printable characters, or a command instead)");
        assertThat(refusedRole(SetRoleRequest.newBuilder().setCommand("rm -rf /")))
                .hasMessage(
                        "command: rm -rf / (expected: one of roleCommands in this control plane's configuration: vault)");
        assertThat(refusedRole(SetRoleRequest.newBuilder().setCommand("vault").setAccessKeyId("AKIA")))
                .hasMessage("accessKeyId: given beside a command (expected: one of the two)");
        assertThat(refusedRole(SetRoleRequest.newBuilder()
                        .setAccessKeyId("AKIA")
                        .setSecretAccessKey(ByteString.copyFromUtf8("hush\n"))))
                .hasMessage("secretAccessKey: 5 bytes, not shown (expected: 1-1024 printable characters)");
        Roles none = new Roles(world.store, world.environment, TestKeys.ONE, new TreeSet<>());
        assertThat(refused(() -> none.set(
                        SetRoleRequest.newBuilder()
                                .setName("web")
                                .setCommand("vault")
                                .build(),
                        world.state())))
                .hasMessage(
                        "command: vault (expected: one of roleCommands in this control plane's configuration, which has none)");
    }

    @Test
    void aRoleThatIsNeededIsDeletedByForceAlone() throws IntentException {
        role("web", "hush");
        world.definitions.register(World.definition("web").toBuilder()
                .setTaskRoleArn("arn:aws:iam::123456789012:role/web")
                .build());
        world.services.create(World.service("web", "web", 1), world.state());

        assertThat(refused(() -> deleteRole("web", false)).reason()).isEqualTo(Reason.ROLE_IN_USE);
        deleteRole("web", true);

        assertThat(world.state().roles()).isEmpty();
        assertThat(refused(() -> deleteRole("web", true)).reason()).isEqualTo(Reason.ROLE_NOT_FOUND);
    }

    private IntentException refusedRole(SetRoleRequest.Builder request) {
        return refused(() -> world.roles.set(request.setName("web").build(), world.state()));
    }

    private static IntentException refused(ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }

    private void role(String name, String key) throws IntentException {
        world.roles.set(
                SetRoleRequest.newBuilder()
                        .setName(name)
                        .setAccessKeyId("AKIA1")
                        .setSecretAccessKey(ByteString.copyFromUtf8(key.replace(" ", "")))
                        .build(),
                world.state());
    }

    private Secret set(String name, String value) throws IntentException {
        return world.secrets.set(request(name, value), world.state()).value();
    }

    private static SetSecretRequest request(String name, String value) {
        return SetSecretRequest.newBuilder()
                .setName(name)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private void delete(String name, boolean force) throws IntentException {
        world.secrets.delete(
                DeleteSecretRequest.newBuilder().setName(name).setForce(force).build(), world.state());
    }

    private void deleteRole(String name, boolean force) throws IntentException {
        world.roles.delete(
                DeleteRoleRequest.newBuilder().setName(name).setForce(force).build(), world.state());
    }
}
