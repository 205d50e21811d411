package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Seen;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers of a task see and leave behind, on the real engine. */
final class DockerTaskTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private final TaskDefinition.Builder definition =
            TaskDefinition.newBuilder().setFamily("test").setRevision(1);

    @AfterEach
    void cleanUp() {
        engine.close();
    }

    @Test
    void runsTheProcessAsDescribed() throws ContainerFault {
        Seen said = run(shell("see", "id -u; pwd; echo $MOOD; echo to stderr >&2")
                .setUser("harbour")
                .setWorkingDirectory("/bin")
                .addEnvironment(KeyValuePair.newBuilder().setName("MOOD").setValue("stormy day")));

        assertThat(said.stdout()).containsExactly("4711", "/bin", "stormy day");
        assertThat(said.stderr()).containsExactly("to stderr");
    }

    @Test
    void readsLinesThatTheEngineCutsUp() throws ContainerFault {
        Seen said = run(shell("app", "head -c 40000 /dev/zero | tr '\\0' x; echo; echo end"));

        assertThat(said.stdout()).containsExactly("x".repeat(40_000), "end");
    }

    @Test
    void readsWhatTheLocalDriverKeeps() throws ContainerFault {
        LogConfiguration local =
                LogConfiguration.newBuilder().setLogDriver("local").build();

        Seen said = run(shell("app", "echo one; echo two").setLogConfiguration(local));

        assertThat(said.stdout()).containsExactly("one", "two");
    }

    @Test
    void containersOfATaskShareItsVolumes(@TempDir Path host) throws Exception {
        Files.writeString(host.resolve("from-host"), "ahoy");
        definition.addVolumes(Volume.newBuilder().setName("shared"));
        definition.addVolumes(volume("host", host));

        Seen writer = run(shell("writer", "echo hello > /shared/note; cat /host/from-host; echo x > /host/new; echo $?")
                .addMountPoints(mount("shared", "/shared"))
                .addMountPoints(mount("host", "/host").setReadOnly(true)));
        Seen reader = run(shell("reader", "cat /here/note").addMountPoints(mount("shared", "/here")));

        assertThat(writer.stdout()).containsExactly("ahoy1"); // the file has no line end
        assertThat(reader.stdout()).containsExactly("hello");
        assertThat(host.resolve("new")).doesNotExist();
        assertThat(runtime.listVolumes()).hasSize(1);
    }

    @Test
    void sharedVolumesAreMadeOnlyWhenAskedForAndKept() throws ContainerFault {
        String name = "staithe-test-" + engine.instance();
        DockerVolumeConfiguration.Builder shared =
                DockerVolumeConfiguration.newBuilder().setScope("shared").putLabels("team", "harbour");
        ContainerDefinition.Builder app = shell("app", "true").addMountPoints(mount(name, "/data"));
        definition.addVolumes(Volume.newBuilder().setName(name).setDockerVolumeConfiguration(shared));

        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> run(app));
        assertThat(fault.kind()).isEqualTo(Kind.CannotCreateVolumeError);
        assertThat(fault).hasMessageContaining("shared volume " + name + " does not exist on this host");
        definition.getVolumesBuilder(0).setDockerVolumeConfiguration(shared.setAutoprovision(true));
        run(app);
        runtime.removeVolume(name);

        assertThat(runtime.listVolumes()).isEmpty();
        assertThat(engine.client().inspectVolumeCmd(name).exec().getLabels()).containsEntry("team", "harbour");
        for (ContainerView view : runtime.list()) {
            runtime.remove(view.id());
        }
        engine.client().removeVolumeCmd(name).exec();
    }

    @Test
    void inTheHostsNetworkTheMappedPortsAreTheHosts() throws ContainerFault {
        definition.setNetworkMode("host");

        String id = start(shell("app", "sleep 3600")
                .addPortMappings(
                        PortMapping.newBuilder().setContainerPort(20081).setHostPort(20081)));

        assertThat(view(id).ports()).containsExactly(new PortBinding("0.0.0.0", 20081, 20081, "tcp"));
    }

    @Test
    void anImagesOwnHealthCheckIsNotRun() throws ContainerFault {
        String id = start(shell("app", "sleep 3600").setImage(TestImages.opinionated(engine.client())));

        assertThat(view(id).health()).isEqualTo(Health.NONE);
    }

    private Seen run(ContainerDefinition.Builder container) throws ContainerFault {
        String id = start(container);
        await().atMost(Duration.ofSeconds(30)).until(() -> view(id).state() == State.STOPPED);
        Seen seen = new Seen();
        runtime.logs(id, LogRequest.whole(false), seen);
        await().until(() -> !seen.ends().isEmpty());
        assertThat(seen.ends().getFirst()).isEmpty();
        return seen;
    }

    private String start(ContainerDefinition.Builder container) throws ContainerFault {
        TaskDefinition task =
                definition.clone().addContainerDefinitions(container).build();
        String id = runtime.create(new ContainerRequest(
                "staithe-test-" + engine.instance() + "-" + container.getName(),
                TASK,
                task,
                container.build(),
                ContainerLabels.of(engine.instance(), "default", TASK, task, container.getName()),
                List.of(),
                Map.of()));
        runtime.start(id);
        return id;
    }

    private ContainerView view(String id) throws ContainerFault {
        return runtime.inspect(id).orElseThrow();
    }

    private ContainerDefinition.Builder shell(String name, String script) {
        return ContainerDefinition.newBuilder()
                .setName(name)
                .setImage(TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", script));
    }

    private static Volume.Builder volume(String name, Path directory) {
        Volume.Builder volume = Volume.newBuilder().setName(name);
        volume.getHostBuilder().setSourcePath(directory.toString());
        return volume;
    }

    private static MountPoint.Builder mount(String volume, String path) {
        return MountPoint.newBuilder().setSourceVolume(volume).setContainerPath(path);
    }
}
