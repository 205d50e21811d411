package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Platform;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.LinuxParameters;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.ProxyConfiguration;
import dev.staithe.proto.v1.ResourceRequirement;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What needs no engine: what is refused, how images are named, what errors mean. */
final class MappersTest {
    private static final URI NOWHERE = URI.create("unix:///nowhere/docker.sock");

    private final DockerHttpClient transport =
            new ZerodepDockerHttpClient.Builder().dockerHost(NOWHERE).build();

    @AfterEach
    void close() throws IOException {
        transport.close();
    }

    record Refused(
            String words, Consumer<TaskDefinition.Builder> task, Consumer<ContainerDefinition.Builder> container) {
        @Override
        public String toString() {
            return words;
        }
    }

    static Stream<Refused> refused() {
        MountPoint.Builder mount =
                MountPoint.newBuilder().setSourceVolume("data").setContainerPath("/data");
        Volume.Builder data = Volume.newBuilder().setName("data");
        return Stream.of(
                new Refused(
                        "proxyConfiguration is not supported",
                        t -> t.setProxyConfiguration(
                                ProxyConfiguration.newBuilder().setType("APPMESH")),
                        c -> {}),
                container("credentialSpecs is not supported", c -> c.addCredentialSpecs("x")),
                container(
                        "linuxParameters.capabilities.add: CAP_KILL (expected: a capability",
                        c -> c.getLinuxParametersBuilder()
                                .getCapabilitiesBuilder()
                                .addAdd("CAP_KILL")),
                container(
                        "linuxParameters.devices.permissions: rw (expected: read, write or mknod)",
                        c -> c.getLinuxParametersBuilder()
                                .addDevicesBuilder()
                                .setHostPath("/dev/null")
                                .addPermissions("rw")),
                container(
                        "linuxParameters.maxSwap: 8 (expected: only with memory)",
                        c -> c.getLinuxParametersBuilder().setMaxSwap(8)),
                new Refused("pidMode: none (expected: host or task)", t -> t.setPidMode("none"), c -> {}),
                new Refused("ipcMode: x (expected: host, task or none)", t -> t.setIpcMode("x"), c -> {}),
                new Refused(
                        "networkMode: awsvpc (expected: bridge, host or none)",
                        t -> t.setNetworkMode("awsvpc"),
                        c -> {}),
                new Refused("cpu: half (expected: a number", t -> t.setCpu("half"), c -> {}),
                new Refused(
                        "memory: 2 vCPU (expected: a number, or a number and gb)", t -> t.setMemory("2 vCPU"), c -> {}),
                container("containerPort 0 (expected: 1-65535)", c -> c.addPortMappings(PortMapping.newBuilder())),
                container(
                        "hostPort -1 (expected: 1-65535)",
                        c -> c.addPortMappings(
                                PortMapping.newBuilder().setContainerPort(80).setHostPort(-1))),
                container(
                        "protocol sctp (expected: tcp or udp)",
                        c -> c.addPortMappings(
                                PortMapping.newBuilder().setContainerPort(80).setProtocol("sctp"))),
                container(
                        "containerPortRange 1-999 (expected: 1-256 ports)",
                        c -> c.addPortMappings(PortMapping.newBuilder().setContainerPortRange("1-999"))),
                container(
                        "logConfiguration.logDriver: loki (expected: one of",
                        c -> c.setLogConfiguration(LogConfiguration.newBuilder().setLogDriver("loki"))),
                container(
                        "sourceVolume data (expected: a volume of the task definition)", c -> c.addMountPoints(mount)),
                new Refused(
                        "host.sourcePath: /a:/etc (expected: an absolute path without a colon)",
                        t -> t.addVolumes(data.clone()
                                .setHost(data.clone().getHostBuilder().setSourcePath("/a:/etc"))),
                        c -> c.addMountPoints(mount)),
                new Refused(
                        "containerPath: data (expected: an absolute path",
                        t -> t.addVolumes(data),
                        c -> c.addMountPoints(mount.clone().setContainerPath("data"))),
                new Refused(
                        "fsxWindowsFileServerVolumeConfiguration is not supported",
                        t -> t.addVolumes(data.clone()
                                .setFsxWindowsFileServerVolumeConfiguration(data.clone()
                                        .getFsxWindowsFileServerVolumeConfigurationBuilder()
                                        .setFileSystemId("fs-1"))),
                        c -> c.addMountPoints(mount)));
    }

    @ParameterizedTest
    @CsvSource({
        "web:1, web@sha256:aa, sha256:aa",
        "docker.io/library/web:1, web@sha256:aa, sha256:aa",
        "web:1, other@sha256:aa, ''",
        "team/web, team/web@sha256:bb, sha256:bb",
        "registry.example:5000/web:1, registry.example:5000/web@sha256:cc, sha256:cc",
        "web@sha256:dd, web@sha256:dd, sha256:dd"
    })
    void findsTheDigestUnderTheNameThatWasAskedFor(String image, String entry, String digest) {
        assertThat(ImageReference.parse(image).digestAmong(List.of("else@sha256:ee", entry)))
                .isEqualTo(digest);
    }

    @Test
    void asksForTheGpusThatAreTheContainersOwn() {
        CreateContainerCmd command = map(t -> {}, c -> c.addResourceRequirements(gpus("2")), List.of("GPU-1", "GPU-3"));

        assertThat(command.getHostConfig().getDeviceRequests()).singleElement().satisfies(request -> {
            assertThat(request.getDriver()).isEqualTo("nvidia");
            assertThat(request.getDeviceIds()).containsExactly("GPU-1", "GPU-3");
            assertThat(request.getCapabilities()).containsExactly(List.of("gpu"));
        });
    }

    @Test
    void makesNoContainerWithFewerGpusThanItAsksFor() {
        assertThatThrownBy(() -> map(t -> {}, c -> c.addResourceRequirements(gpus("2")), List.of("GPU-1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("resourceRequirements: 2 GPUs (expected: as many as were reserved");
    }

    private static ResourceRequirement gpus(String count) {
        return ResourceRequirement.newBuilder().setType("GPU").setValue(count).build();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(Refused row) {
        assertThatThrownBy(() -> map(row.task(), row.container()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(row.words());
    }

    @ParameterizedTest
    @MethodSource("spelledOut")
    void takesDefaultsThatAreSpelledOut(Consumer<ContainerDefinition.Builder> container) {
        assertThatCode(() -> map(t -> {}, container)).doesNotThrowAnyException();
    }

    static Stream<Consumer<ContainerDefinition.Builder>> spelledOut() {
        return Stream.of(
                c -> c.setPrivileged(false),
                c -> c.setHostname(""),
                c -> c.setLinuxParameters(LinuxParameters.newBuilder().setInitProcessEnabled(false)));
    }

    @ParameterizedTest
    @CsvSource({
        "web, fromImage=web&tag=latest",
        "web:1.2, fromImage=web&tag=1.2",
        "registry.example:5000/team/web, fromImage=registry.example%3A5000%2Fteam%2Fweb&tag=latest",
        "registry.example:5000/team/web:1, fromImage=registry.example%3A5000%2Fteam%2Fweb&tag=1",
        "web@sha256:abc, fromImage=web&tag=sha256%3Aabc"
    })
    void namesOneImageInAPull(String image, String query) {
        assertThat(ImagePull.query(ImageReference.parse(image), Platform.UNKNOWN))
                .isEqualTo(query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CannotCreateContainerError | 404 | No such image: x | false",
                "CannotStartContainerError | 500 | port is already allocated | false",
                "CannotStartContainerError | 503 | busy | true",
                "CannotStopContainerError | 500 | cannot kill | true",
                "CannotRemoveContainerError | 409 | removal is already in progress | true",
                "CannotRemoveContainerError | 400 | bad | false",
                "CannotPullContainerError | 404 | pull access denied | false",
                "CannotPullContainerError | 500 | manifest unknown | false",
                "CannotPullContainerError | 500 | dial tcp: i/o timeout | true",
                "CannotPullContainerError | 429 | toomanyrequests | true"
            })
    void saysInTheEnginesWordsWhetherARetryMakesSense(Kind kind, int status, String words, boolean retriable) {
        DockerException refused = new DockerException("{\"message\":\"" + words + "\"}\n", status);

        ContainerFault fault = fault(kind, refused);

        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault).hasMessage(words);
        assertThat(fault.retriable()).isEqualTo(retriable);
    }

    @ParameterizedTest
    @CsvSource({"plain words", "{not json"})
    void passesOnWhatIsNotJson(String body) {
        assertThat(fault(Kind.CannotStartContainerError, new DockerException(body, 500)))
                .hasMessage(body);
    }

    @ParameterizedTest
    @CsvSource({"CannotStartContainerError", "CannotPullContainerError"})
    void anEngineThatIsNotThereIsUnavailable(Kind kind) {
        ContainerFault fault = fault(kind, new IllegalStateException(new ConnectException("Connection refused")));

        assertThat(fault.kind()).isEqualTo(Kind.EngineUnavailableError);
        assertThat(fault.retriable()).isTrue();
        assertThat(fault).hasMessage("no container engine answers at unix:///nowhere/docker.sock: Connection refused");
    }

    private static ContainerFault fault(Kind kind, Exception e) {
        var environment = SystemEnvironment.create();
        CallTicket ticket = new CallTicket(environment.loop("unused"), environment.time());
        return new EngineErrors(NOWHERE.toString(), DockerClientConfig.getDefaultObjectMapper()).fault(kind, e, ticket);
    }

    private static Refused container(String words, Consumer<ContainerDefinition.Builder> container) {
        return new Refused(words, t -> {}, container);
    }

    private void map(Consumer<TaskDefinition.Builder> task, Consumer<ContainerDefinition.Builder> container) {
        map(task, container, List.of());
    }

    private CreateContainerCmd map(
            Consumer<TaskDefinition.Builder> task, Consumer<ContainerDefinition.Builder> container, List<String> gpus) {
        ContainerDefinition.Builder app =
                ContainerDefinition.newBuilder().setName("app").setImage("web");
        container.accept(app);
        TaskDefinition.Builder definition = TaskDefinition.newBuilder().setFamily("test");
        task.accept(definition);
        DockerClientConfig config = new DefaultDockerClientConfig.Builder()
                .withDockerHost(NOWHERE.toString())
                .withDockerTlsVerify(false)
                .build();
        return ContainerMappers.command(
                DockerClientImpl.getInstance(config, transport),
                new ContainerRequest("name", "task", definition.build(), app.build(), Map.of(), gpus, Map.of()));
    }
}
