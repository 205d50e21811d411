package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.ListRolesRequest;
import dev.staithe.proto.v1.ListSecretsRequest;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.RolesGrpc;
import dev.staithe.proto.v1.Secret;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TasksGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A secret is where it belongs, and nowhere else: real daemons, the real engine, and a search through all they leave behind. */
final class SecretLeakTest {
    private static final Path MEMORY = Path.of("/dev/shm");

    @RegisterExtension
    final Site site = new Site();

    private final String value = "leak-" + HexFormat.of().toHexDigits(new SplittableRandom().nextLong()) + "-leak";

    /** What a test is about. */
    private record Running(Api api, Daemon controlPlane, Daemon agent) {}

    @Test
    void aValueIsInItsContainerAndNowhereElse() throws Exception {
        Running running = begin();
        Api api = running.api();
        set(api, "plain", value);
        set(api, "json", "{\"key\": \"" + value + "\"}");
        set(api, "web.env", "FROM_FILE=" + value + "\n");
        set(api, "option", value);
        set(api, "broken.env", "no variable but " + value);
        api.call(
                RolesGrpc::newBlockingStub,
                roles -> roles.set(SetRoleRequest.newBuilder()
                        .setName("web")
                        .setAccessKeyId("AKIA1")
                        .setSecretAccessKey(ByteString.copyFromUtf8(value))
                        .build()));

        Task task = run(api, reader());
        assertThat(exitCode(api, task))
                .as("the container found all of its secrets")
                .isZero();
        Task broken = run(api, brokenFile());
        awaitStopped(api, broken);
        Task driver = run(api, brokenDriver());
        awaitStopped(api, driver);
        Task missing = run(api, missing());
        awaitStopped(api, missing);

        assertThat(api.task(broken.getTaskId()).getStoppedReason())
                .isEqualTo("ResourceInitializationError: environmentFiles broken.env: line 1 (expected: NAME=value)");
        assertThat(api.task(missing.getTaskId()).getStoppedReason())
                .startsWith("ResourceInitializationError: secret none: not found in cluster default");
        assertThat(said(api)).as("what the API says").allMatch(text -> !text.contains(value));
        assertThat(running.controlPlane().log()).allMatch(line -> !line.contains(value));
        assertThat(running.agent().log()).allMatch(line -> !line.contains(value));
        running.controlPlane().stop();
        running.agent().stop();
        assertThat(filesWithTheValue(site.directory())).isEmpty();
        assertThat(secretFiles()).isEmpty();
    }

    @Test
    void filesOfAKilledAgentGoWithTheirTaskOrAtTheNextStart() throws Exception {
        Running running = begin();
        Api api = running.api();
        set(api, "plain", value);
        TaskDefinition.Builder sleeper = site.sleeper("sleeper", site.engine().image());
        sleeper.getContainerDefinitionsBuilder(0).addSecrets(file("plain", "/run/key"));
        Task task = run(api, sleeper);
        Site.await("the task runs")
                .until(() -> api.task(task.getTaskId()).getLastStatus().equals("RUNNING"));
        assertThat(secretFiles()).hasSize(1);

        running.agent().kill9();
        assertThat(secretFiles()).hasSize(1);
        Path left = Files.createDirectories(secretFiles()
                .getFirst()
                .resolve("../../..")
                .resolve("f".repeat(32))
                .resolve("main")
                .normalize());
        Files.writeString(left.resolve("0"), value);
        running.agent().startAgain();

        Site.await("what nobody needs is gone").until(() -> !Files.exists(left));
        assertThat(secretFiles()).hasSize(1);
        api.stop(task.getTaskId());
        Site.await("the files are gone with the task").until(() -> secretFiles().isEmpty());
    }

    private Running begin() throws IOException {
        String address = Site.freeAddress();
        Path key = site.directory().resolve("secrets.key");
        byte[] bytes = new byte[32];
        new SplittableRandom().nextBytes(bytes);
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, Base64.getEncoder().encodeToString(bytes) + "\n");
        Api api = site.api(address);
        Daemon controlPlane = site.controlPlane("control", address, site.localStore(), "secretsKeyFile: '" + key + "'");
        Daemon agent = site.agent(
                "host",
                List.of(address),
                "runtimeDirectory: '" + site.directory().resolve("run") + "'",
                // Of this process alone: others run on this machine as well.
                "endpoints: {metadata: '169.254.%d.%d:80', introspection: 'off'}"
                        .formatted(
                                1 + ProcessHandle.current().pid() / 250 % 70,
                                1 + ProcessHandle.current().pid() % 250));
        Site.awaitAgent(api);
        site.closing(this::removeSecretFiles);
        // In order: it gives back the address of its endpoint.
        site.closing(agent::stop);
        return new Running(api, controlPlane, agent);
    }

    /** Compares what it got with the digest of the value: it must not say the value itself. */
    private TaskDefinition.Builder reader() throws Exception {
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        String check = "same() { [ \"$(printf %s \"$1\" | sha256sum | cut -d' ' -f1)\" = " + digest + " ]; }; "
                + "uri=${AWS_CONTAINER_CREDENTIALS_FULL_URI#http://}; "
                + "said=$(printf 'GET /%s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' \"${uri#*/}\" \"${uri%%/*}\""
                + " | nc \"${uri%%/*}\" 80 | tail -n 1); "
                + "key=${said##*\\\"SecretAccessKey\\\":\\\"}; "
                + "same \"${key%%\\\"*}\" && same \"$PLAIN\" && same \"$JSON\" && same \"$FROM_FILE\" && same \"$(cat /run/key)\"";
        TaskDefinition.Builder definition = site.definition(
                        "reader", site.engine().image(), check)
                .setTaskRoleArn("web")
                .setNetworkMode("bridge");
        definition
                .getContainerDefinitionsBuilder(0)
                .addSecrets(Secret.newBuilder().setName("PLAIN").setValueFrom("plain"))
                .addSecrets(Secret.newBuilder().setName("JSON").setValueFrom("json:key"))
                .addSecrets(file("plain", "/run/key"))
                .addEnvironmentFiles(
                        EnvironmentFile.newBuilder().setValue("web.env").setType("secret"))
                .setLogConfiguration(LogConfiguration.newBuilder()
                        .setLogDriver("json-file")
                        .addSecretOptions(Secret.newBuilder().setName("labels").setValueFrom("option")));
        return definition;
    }

    private TaskDefinition.Builder brokenFile() {
        TaskDefinition.Builder definition =
                site.definition("broken", site.engine().image(), "true");
        definition
                .getContainerDefinitionsBuilder(0)
                .addEnvironmentFiles(
                        EnvironmentFile.newBuilder().setValue("broken.env").setType("secret"));
        return definition;
    }

    /** The engine says of such an option what is wrong with it, and quotes it. */
    private TaskDefinition.Builder brokenDriver() {
        TaskDefinition.Builder definition =
                site.definition("driver", site.engine().image(), "true");
        definition
                .getContainerDefinitionsBuilder(0)
                .setLogConfiguration(LogConfiguration.newBuilder()
                        .setLogDriver("json-file")
                        .addSecretOptions(
                                Secret.newBuilder().setName("max-file").setValueFrom("option")));
        return definition;
    }

    private TaskDefinition.Builder missing() {
        TaskDefinition.Builder definition =
                site.definition("missing", site.engine().image(), "true");
        ContainerDefinition.Builder main = definition.getContainerDefinitionsBuilder(0);
        main.addSecrets(Secret.newBuilder().setName("A").setValueFrom("none"))
                .addSecrets(Secret.newBuilder().setName("B").setValueFrom("plain"));
        return definition;
    }

    private static Secret.Builder file(String secret, String path) {
        return Secret.newBuilder().setName("file").setValueFrom(secret).setContainerPath(path);
    }

    private static void set(Api api, String name, String value) {
        api.call(
                SecretsGrpc::newBlockingStub,
                secrets -> secrets.set(SetSecretRequest.newBuilder()
                        .setName(name)
                        .setValue(ByteString.copyFromUtf8(value))
                        .build()));
    }

    private static Task run(Api api, TaskDefinition.Builder definition) {
        return api.run(api.register(definition.build()), "run-" + definition.getFamily())
                .getTasks(0);
    }

    private static void awaitStopped(Api api, Task task) {
        Site.await("the task has stopped")
                .until(() -> api.task(task.getTaskId()).getLastStatus().equals("STOPPED"));
    }

    private static int exitCode(Api api, Task task) {
        awaitStopped(api, task);
        Task stopped = api.task(task.getTaskId());
        assertThat(stopped.getContainers(0).hasExitCode())
                .as(stopped.toString())
                .isTrue();
        return stopped.getContainers(0).getExitCode();
    }

    /** Everything that can be asked for, as text. */
    private static List<String> said(Api api) {
        List<String> said = new ArrayList<>();
        api.call(
                        TasksGrpc::newBlockingStub,
                        tasks -> tasks.list(ListTasksRequest.newBuilder()
                                .setDesiredStatus("ALL")
                                .build()))
                .getTasksList()
                .forEach(task -> {
                    said.add(task.toString());
                    said.add(api.task(task.getTaskId()).toString());
                    said.add(api.definition(task.getTaskDefinition()).toString());
                });
        api.instances().forEach(instance -> said.add(instance.toString()));
        said.add(
                api.call(SecretsGrpc::newBlockingStub, secrets -> secrets.list(ListSecretsRequest.getDefaultInstance()))
                        .toString());
        said.add(api.call(RolesGrpc::newBlockingStub, roles -> roles.list(ListRolesRequest.getDefaultInstance()))
                .toString());
        assertThat(said).hasSizeGreaterThan(12);
        return said;
    }

    private List<Path> filesWithTheValue(Path directory) throws IOException {
        byte[] wanted = value.getBytes(StandardCharsets.UTF_8);
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                if (content.contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    /** Those that hold the value; the directory of this test is not in memory, so the agent has to use the machine's. */
    private List<Path> secretFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> roots = Files.list(MEMORY)) {
            for (Path root : roots.filter(SecretLeakTest::ofAnAgent).toList()) {
                found.addAll(filesWithTheValue(root));
            }
        }
        return found;
    }

    private static boolean ofAnAgent(Path root) {
        return String.valueOf(root.getFileName()).startsWith("staithe-secrets-");
    }

    private void removeSecretFiles() throws IOException {
        for (Path file : secretFiles()) {
            Files.deleteIfExists(file);
        }
    }
}
