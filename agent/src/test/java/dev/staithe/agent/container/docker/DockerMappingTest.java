package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the engine shows of a container made from a definition, one row for each setting. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DockerMappingTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";
    private static final long MIB = 1 << 20;

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private String image = "";

    /**
     * @param task what is special about the task, and
     * @param container about its only container
     */
    record Row(
            String name,
            Consumer<TaskDefinition.Builder> task,
            Consumer<ContainerDefinition.Builder> container,
            Consumer<InspectContainerResponse> shown) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    void buildImages() {
        image = TestImages.opinionated(engine.client());
    }

    @AfterEach
    void removeContainers() throws ContainerFault {
        for (var view : runtime.list()) {
            runtime.remove(view.id());
        }
    }

    @AfterAll
    void cleanUp() {
        engine.close();
    }

    @ParameterizedTest
    @MethodSource({"resources", "network", "mounts", "process", "health", "logs", "labels"})
    void shows(Row row) throws ContainerFault {
        ContainerDefinition.Builder container =
                ContainerDefinition.newBuilder().setName("app").setImage(image);
        row.container().accept(container);
        TaskDefinition.Builder task =
                TaskDefinition.newBuilder().setFamily("test").setRevision(7);
        row.task().accept(task);
        TaskDefinition definition = task.addContainerDefinitions(container).build();

        String id = runtime.create(new ContainerRequest(
                "staithe-test-" + engine.instance(),
                TASK,
                definition,
                container.build(),
                ContainerLabels.of(engine.instance(), "default", TASK, definition, "app"),
                List.of(),
                Map.of()));

        row.shown().accept(engine.client().inspectContainerCmd(id).exec());
    }

    static Stream<Row> resources() {
        return Stream.of(
                host(
                        "no cpu is the least weight",
                        c -> {},
                        h -> assertThat(h.getCpuShares()).isEqualTo(2)),
                host(
                        "cpu 1 too",
                        c -> c.setCpu(1),
                        h -> assertThat(h.getCpuShares()).isEqualTo(2)),
                host("cpu is a weight", c -> c.setCpu(512), h -> {
                    assertThat(h.getCpuShares()).isEqualTo(512);
                    assertThat(h.getNanoCPUs()).isZero();
                }),
                host(
                        "cpu has an upper bound",
                        c -> c.setCpu(1_000_000),
                        h -> assertThat(h.getCpuShares()).isEqualTo(262_144)),
                host(
                        "memory is a hard limit in MiB",
                        c -> c.setMemory(64),
                        h -> assertThat(h.getMemory()).isEqualTo(64 * MIB)),
                host(
                        "memory below Docker's least is raised to it",
                        c -> c.setMemory(4),
                        h -> assertThat(h.getMemory()).isEqualTo(6 * MIB)),
                host("memoryReservation is soft", c -> c.setMemoryReservation(32), h -> {
                    assertThat(h.getMemoryReservation()).isEqualTo(32 * MIB);
                    assertThat(h.getMemory()).isZero();
                }),
                task(
                        "the task's cpu is a ceiling",
                        t -> t.setCpu("512"),
                        h -> assertThat(h.getNanoCPUs()).isEqualTo(500_000_000)),
                task(
                        "the task's cpu may be written in processors",
                        t -> t.setCpu("0.5 vCPU"),
                        h -> assertThat(h.getNanoCPUs()).isEqualTo(500_000_000)),
                task(
                        "the task's memory is a ceiling",
                        t -> t.setMemory("128"),
                        h -> assertThat(h.getMemory()).isEqualTo(128 * MIB)),
                task(
                        "the task's memory may be written in gigabytes",
                        t -> t.setMemory("1GB"),
                        h -> assertThat(h.getMemory()).isEqualTo(1024 * MIB)),
                new Row(
                        "the container's memory goes before the task's",
                        t -> t.setMemory("128"),
                        c -> c.setMemory(32),
                        shown -> assertThat(shown.getHostConfig().getMemory()).isEqualTo(32 * MIB)),
                host("neither privileges nor restarts by Docker", c -> {}, h -> {
                    assertThat(h.getPrivileged()).isFalse();
                    assertThat(h.getRestartPolicy()).isEqualTo(RestartPolicy.noRestart());
                    assertThat(h.getSecurityOpts()).isNull();
                    assertThat(h.getCapAdd()).isNull();
                }));
    }

    static Stream<Row> network() {
        PortMapping.Builder dynamic = PortMapping.newBuilder().setContainerPort(80);
        return Stream.of(
                host(
                        "bridge by default",
                        c -> {},
                        h -> assertThat(h.getNetworkMode()).isEqualTo("bridge")),
                task(
                        "host",
                        t -> t.setNetworkMode("host"),
                        h -> assertThat(h.getNetworkMode()).isEqualTo("host")),
                task(
                        "none",
                        t -> t.setNetworkMode("none"),
                        h -> assertThat(h.getNetworkMode()).isEqualTo("none")),
                host(
                        "a dynamic port",
                        c -> c.addPortMappings(dynamic),
                        h -> assertThat(ports(h)).containsExactly("80/tcp->")),
                host(
                        "host port 0 is dynamic too",
                        c -> c.addPortMappings(dynamic.clone().setHostPort(0)),
                        h -> assertThat(ports(h)).containsExactly("80/tcp->")),
                host(
                        "fixed ports, one of the container's twice",
                        c -> c.addPortMappings(dynamic.clone().setHostPort(8080))
                                .addPortMappings(dynamic.clone().setHostPort(8081))
                                .addPortMappings(PortMapping.newBuilder()
                                        .setContainerPort(53)
                                        .setHostPort(5353)
                                        .setProtocol("udp")),
                        h -> assertThat(ports(h))
                                .containsExactlyInAnyOrder("80/tcp->8080", "80/tcp->8081", "53/udp->5353")),
                new Row(
                        "the host's network publishes nothing",
                        t -> t.setNetworkMode("host"),
                        c -> c.addPortMappings(dynamic.clone().setHostPort(80)),
                        shown -> {
                            assertThat(ports(shown.getHostConfig())).isEmpty();
                            assertThat(shown.getConfig().getLabels())
                                    .containsEntry(ContainerLabels.HOST_PORTS, "80/tcp");
                        }));
    }

    static Stream<Row> mounts() {
        MountPoint.Builder mount =
                MountPoint.newBuilder().setSourceVolume("data").setContainerPath("/data");
        String ofTheTask = "staithe-" + TASK + "-data:/data:rw";
        return Stream.of(
                mounting(
                        "a host path",
                        v -> v.getHostBuilder().setSourcePath("/tmp"),
                        mount,
                        shown -> assertThat(binds(shown)).containsExactly("/tmp:/data:rw")),
                mounting(
                        "a host path, read only",
                        v -> v.getHostBuilder().setSourcePath("/tmp"),
                        mount.clone().setReadOnly(true),
                        shown -> assertThat(binds(shown)).containsExactly("/tmp:/data:ro")),
                mounting(
                        "a volume of the task's",
                        v -> {},
                        mount,
                        shown -> assertThat(binds(shown)).containsExactly(ofTheTask)),
                mounting(
                        "an empty host is a volume of the task's",
                        v -> v.getHostBuilder().clearSourcePath(),
                        mount,
                        shown -> assertThat(binds(shown)).containsExactly(ofTheTask)),
                mounting(
                        "a Docker volume of the task's",
                        v -> v.getDockerVolumeConfigurationBuilder()
                                .setScope("task")
                                .setDriver("local")
                                .putDriverOpts("type", "tmpfs")
                                .putDriverOpts("device", "tmpfs"),
                        mount,
                        shown -> assertThat(binds(shown)).containsExactly(ofTheTask)));
    }

    static Stream<Row> process() {
        return Stream.of(
                config("the image's own", c -> {}, shown -> {
                    assertThat(shown.getConfig().getWorkingDir()).isEqualTo("/etc");
                    assertThat(shown.getConfig().getEnv()).contains("MOOD=calm");
                }),
                config(
                        "entryPoint and command",
                        c -> c.addEntryPoint("sh").addCommand("-c").addCommand("echo hi"),
                        s -> {
                            assertThat(s.getConfig().getEntrypoint()).containsExactly("sh");
                            assertThat(s.getConfig().getCmd()).containsExactly("-c", "echo hi");
                        }),
                config(
                        "environment over the image's",
                        c -> c.addEnvironment(variable("MOOD", "stormy")).addEnvironment(variable("EMPTY", "")),
                        shown -> assertThat(shown.getConfig().getEnv()).contains("MOOD=stormy", "EMPTY=")),
                config("user and workingDirectory", c -> c.setUser("harbour").setWorkingDirectory("/bin"), shown -> {
                    assertThat(shown.getConfig().getUser()).isEqualTo("harbour");
                    assertThat(shown.getConfig().getWorkingDir()).isEqualTo("/bin");
                }));
    }

    static Stream<Row> health() {
        HealthCheck.Builder shell =
                HealthCheck.newBuilder().addCommand("CMD-SHELL").addCommand("true");
        return Stream.of(
                config(
                        "an image's own check is off",
                        c -> {},
                        shown -> assertThat(shown.getConfig().getHealthcheck().getTest())
                                .containsExactly("NONE")),
                config("ECS's defaults", c -> c.setHealthCheck(shell), shown -> {
                    var check = shown.getConfig().getHealthcheck();
                    assertThat(check.getTest()).containsExactly("CMD-SHELL", "true");
                    assertThat(check.getInterval()).isEqualTo(seconds(30));
                    assertThat(check.getTimeout()).isEqualTo(seconds(5));
                    assertThat(check.getRetries()).isEqualTo(3);
                }),
                config(
                        "a check's times",
                        c -> c.setHealthCheck(HealthCheck.newBuilder()
                                .addCommand("CMD")
                                .addCommand("/bin/true")
                                .setInterval(10)
                                .setTimeout(2)
                                .setRetries(5)
                                .setStartPeriod(60)),
                        shown -> {
                            var check = shown.getConfig().getHealthcheck();
                            assertThat(check.getTest()).containsExactly("CMD", "/bin/true");
                            assertThat(check.getInterval()).isEqualTo(seconds(10));
                            assertThat(check.getTimeout()).isEqualTo(seconds(2));
                            assertThat(check.getRetries()).isEqualTo(5);
                            assertThat(check.getStartPeriod()).isEqualTo(seconds(60));
                        }),
                config(
                        "a check that is switched off",
                        c -> c.setHealthCheck(HealthCheck.newBuilder().addCommand("NONE")),
                        shown -> assertThat(shown.getConfig().getHealthcheck().getTest())
                                .containsExactly("NONE")));
    }

    static Stream<Row> logs() {
        return Stream.of(
                host(
                        "json-file with options",
                        c -> c.setLogConfiguration(LogConfiguration.newBuilder()
                                .setLogDriver("json-file")
                                .putOptions("max-size", "1m")),
                        h -> {
                            assertThat(logDriver(h)).isEqualTo("json-file");
                            assertThat(h.getLogConfig().getConfig()).containsEntry("max-size", "1m");
                        }),
                host(
                        "local",
                        c -> c.setLogConfiguration(logDriver("local")),
                        h -> assertThat(logDriver(h)).isEqualTo("local")),
                host(
                        "none",
                        c -> c.setLogConfiguration(logDriver("none")),
                        h -> assertThat(logDriver(h)).isEqualTo("none")));
    }

    static Stream<Row> labels() {
        return Stream.of(config(
                "the user's labels, and ours over them",
                c -> c.putDockerLabels("team", "harbour")
                        .putDockerLabels(ContainerLabels.TASK, "another")
                        .putDockerLabels(ContainerLabels.HOST_PORTS, "22/tcp"),
                shown -> assertThat(shown.getConfig().getLabels())
                        .containsEntry("team", "harbour")
                        .containsEntry(ContainerLabels.TASK, TASK)
                        .containsEntry(ContainerLabels.FAMILY, "test")
                        .containsEntry(ContainerLabels.REVISION, "7")
                        .containsEntry("com.amazonaws.ecs.container-name", "app")
                        .doesNotContainKey(ContainerLabels.HOST_PORTS)));
    }

    private static Row host(String name, Consumer<ContainerDefinition.Builder> container, Consumer<HostConfig> host) {
        return new Row(name, t -> {}, container, shown -> host.accept(shown.getHostConfig()));
    }

    private static Row task(String name, Consumer<TaskDefinition.Builder> task, Consumer<HostConfig> host) {
        return new Row(name, task, c -> {}, shown -> host.accept(shown.getHostConfig()));
    }

    private static Row config(
            String name, Consumer<ContainerDefinition.Builder> container, Consumer<InspectContainerResponse> shown) {
        return new Row(name, t -> {}, container, shown);
    }

    private static Row mounting(
            String name,
            Consumer<Volume.Builder> volume,
            MountPoint.Builder mount,
            Consumer<InspectContainerResponse> s) {
        Volume.Builder data = Volume.newBuilder().setName("data");
        volume.accept(data);
        return new Row(name, t -> t.addVolumes(data), c -> c.addMountPoints(mount), s);
    }

    private static List<String> ports(HostConfig host) {
        if (host.getPortBindings() == null) {
            return List.of();
        }
        return host.getPortBindings().getBindings().entrySet().stream()
                .flatMap(entry -> Arrays.stream(entry.getValue()).map(to -> {
                    ExposedPort from = entry.getKey();
                    return from + "->" + to.getHostPortSpec();
                }))
                .toList();
    }

    private static List<String> binds(InspectContainerResponse shown) {
        return Arrays.stream(shown.getHostConfig().getBinds())
                .map(bind -> bind.getPath() + ":" + bind.getVolume().getPath() + ":" + bind.getAccessMode())
                .toList();
    }

    private static KeyValuePair variable(String name, String value) {
        return KeyValuePair.newBuilder().setName(name).setValue(value).build();
    }

    private static String logDriver(HostConfig host) {
        return host.getLogConfig().getType().getType();
    }

    private static LogConfiguration logDriver(String name) {
        return LogConfiguration.newBuilder().setLogDriver(name).build();
    }

    private static long seconds(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
