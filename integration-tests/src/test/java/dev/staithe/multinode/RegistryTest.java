package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.docker.DebianRegistry;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.RepositoryCredentials;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images from a registry as people run it: tags that move, and one that wants to know who asks. */
final class RegistryTest {
    @RegisterExtension
    final Site site = new Site();

    @Test
    void aTagThatMovesDuringADeploymentChangesNothingForItsLaterTasks() throws IOException {
        String address = Site.freeAddress();
        Api api = site.api(address);
        DebianRegistry registry =
                site.closing(DebianRegistry.open(site.engine().client(), Files.createDirectory(directory("registry"))));
        site.controlPlane("control", address, site.localStore());
        site.agent("host", List.of(address), "imagePullBehavior: default");
        Site.awaitAgent(api);
        String first = registry.push("shop:1", "first");
        api.createService(
                "web",
                api.register(site.sleeper("web", registry.image("shop:1")).build()),
                1);
        Site.awaitSteady(api, "web", 1);

        String second = registry.push("shop:1", "second");
        api.scale("web", 2);
        Site.awaitSteady(api, "web", 2);

        assertThat(digests(api)).containsExactly(first, first);

        api.call(
                ServicesGrpc::newBlockingStub,
                services -> services.update(UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setForceNewDeployment(true)
                        .build()));
        Site.await("the new deployment runs what the tag means now")
                .untilAsserted(() -> assertThat(digests(api)).containsExactly(second, second));
    }

    @Test
    void aSecretOpensARegistry() throws IOException {
        String address = Site.freeAddress();
        Api api = site.api(address);
        DebianRegistry registry = site.closing(
                DebianRegistry.guarded(site.engine().client(), Files.createDirectory(directory("registry"))));
        Path key = Files.writeString(directory("key"), Base64.getEncoder().encodeToString(new byte[32]) + "\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        site.controlPlane("control", address, site.localStore(), "secretsKeyFile: '" + key + "'");
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitAgent(api);
        registry.push("shop:1", "first");
        TaskDefinition.Builder open = site.sleeper("open", registry.image("shop:1"));
        TaskDefinition.Builder named = site.sleeper("named", registry.image("shop:1"));
        named.getContainerDefinitionsBuilder(0)
                .setRepositoryCredentials(RepositoryCredentials.newBuilder().setCredentialsParameter("registry/shop"));
        api.call(
                SecretsGrpc::newBlockingStub,
                secrets -> secrets.set(SetSecretRequest.newBuilder()
                        .setName("registry/shop")
                        .setValue(ByteString.copyFromUtf8("{\"username\": \"%s\", \"password\": \"%s\"}"
                                .formatted(DebianRegistry.USER, DebianRegistry.PASSWORD)))
                        .build()));

        String refused = api.run(api.register(open.build()), "open").getTasks(0).getTaskId();
        String allowed =
                api.run(api.register(named.build()), "named").getTasks(0).getTaskId();

        Site.await("the task without credentials is refused")
                .until(() -> api.task(refused).getLastStatus().equals("STOPPED"));
        assertThat(api.task(refused).getStoppedReason())
                .startsWith("CannotPullContainerError: " + registry.image("shop:1"))
                .contains("repositoryCredentials");
        Site.await("the task with credentials runs")
                .until(() -> api.task(allowed).getLastStatus().equals("RUNNING"));
        assertThat(agent.log()).noneMatch(line -> line.contains(DebianRegistry.PASSWORD));
    }

    private Path directory(String name) {
        return site.directory().resolve(name);
    }

    private static List<String> digests(Api api) {
        return api.tasks("web", "RUNNING").stream()
                .filter(task -> task.getLastStatus().equals("RUNNING"))
                .map(Task::getContainersList)
                .flatMap(List::stream)
                .map(Container::getImageDigest)
                .toList();
    }
}
