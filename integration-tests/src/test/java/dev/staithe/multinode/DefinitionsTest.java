package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Definitions that ask for more than a process: what becomes of them from registration to the engine and back. */
@SuppressWarnings("NullAway.Init") // every test begins with start()
final class DefinitionsTest {
    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();
    private Engine engine;
    private Api api;

    private void start(String... agentSettings) {
        engine = site.engine();
        api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        site.agent("host", List.of(address), agentSettings);
        Site.awaitAgent(api);
    }

    @Test
    void containersOfOneTaskFindEachOtherByNameByVolumeAndByNamespace() throws IOException {
        start();
        Path data = Files.createDirectory(site.directory().resolve("shared"));
        TaskDefinition.Builder pair = site.definition(
                        "pair", engine.image(), "echo hello > /data/word; trap 'exit 0' TERM; sleep 3600 & wait")
                .setNetworkMode("bridge")
                .setPidMode("task");
        pair.addVolumesBuilder().setName("data").getHostBuilder().setSourcePath(data.toString());
        ContainerDefinition.Builder reader = pair.getContainerDefinitions(0).toBuilder()
                .setName("reader")
                .setCommand(
                        2,
                        "until [ -s /data/word ]; do sleep 0.1; done; [ \"$(cat /data/word)\" = hello ] || exit 3;"
                                + " case \"$(cat /etc/hosts)\" in *store*) ;; *) exit 4;; esac;"
                                + " [ $$ != 1 ] || exit 5; [ \"$(cat /proc/sys/kernel/hostname)\" = reading ] || exit 6;"
                                + " exit 0")
                .setEssential(false)
                .setHostname("reading")
                .addLinks("main:store");
        reader.addVolumesFromBuilder().setSourceContainer("main").setReadOnly(true);
        pair.getContainerDefinitionsBuilder(0)
                .addMountPointsBuilder()
                .setSourceVolume("data")
                .setContainerPath("/data");

        // The one that needs the other comes first: what the settings imply is the order.
        ContainerDefinition main = pair.getContainerDefinitions(0);
        pair.clearContainerDefinitions().addContainerDefinitions(reader).addContainerDefinitions(main);
        String task = run(pair.build());

        Site.await("the reader has found all of it")
                .untilAsserted(() -> assertThat(api.task(task).getContainersList())
                        .filteredOn(c -> c.getName().equals("reader"))
                        .singleElement()
                        .satisfies(c -> assertThat(c.getExitCode()).isZero())
                        .satisfies(c -> assertThat(c.getLastStatus()).isEqualTo("STOPPED")));
        assertThat(api.task(task).getLastStatus()).isEqualTo("RUNNING");
    }

    @Test
    void whatTheEngineRefusesEndsTheTaskInItsWordsWithTheField() throws IOException {
        start();
        TaskDefinition.Builder nothing = site.sleeper("nothing", engine.image());
        nothing.getContainerDefinitionsBuilder(0).clearCommand().addCommand("/bin/nope");
        TaskDefinition.Builder driver = site.sleeper("driver", engine.image());
        driver.addVolumesBuilder()
                .setName("data")
                .getDockerVolumeConfigurationBuilder()
                .setDriver("no-such-driver");
        driver.getContainerDefinitionsBuilder(0)
                .addMountPointsBuilder()
                .setSourceVolume("data")
                .setContainerPath("/data");
        Path link = Files.createSymbolicLink(site.directory().resolve("innocent"), Path.of("/var/run/docker.sock"));
        TaskDefinition.Builder socket = site.sleeper("socket", engine.image());
        socket.addVolumesBuilder().setName("data").getHostBuilder().setSourcePath(link.toString());
        socket.getContainerDefinitionsBuilder(0)
                .addMountPointsBuilder()
                .setSourceVolume("data")
                .setContainerPath("/data");

        assertThat(ended(nothing))
                .startsWith("CannotStartContainerError: ")
                .contains("exec: \"/bin/nope\"")
                .endsWith(" (field: containerDefinitions[0].command[0])");
        assertThat(ended(driver))
                .startsWith("CannotCreateVolumeError: ")
                .contains(" (field: volumes[0].dockerVolumeConfiguration.driver); install the driver");
        assertThat(ended(socket))
                .isEqualTo("CannotCreateContainerError: volumes[0].host.sourcePath: " + link
                        + " leads to /run/docker.sock (expected: a path apart from /run/docker.sock, which tasks may not"
                        + " have)");
    }

    @Test
    void placementSaysWhatAHostWithholds() {
        start("taskPolicy: {privileged: false, hostNamespaces: false}");
        TaskDefinition.Builder mighty = site.sleeper("mighty", engine.image()).setIpcMode("host");
        mighty.getContainerDefinitionsBuilder(0)
                .getLinuxParametersBuilder()
                .getCapabilitiesBuilder()
                .addAdd("SYS_ADMIN");

        RunTaskResponse answer = api.run(api.register(mighty.build()), "mighty");

        assertThat(answer.getTasksList()).isEmpty();
        assertThat(answer.getFailures(0).getReason()).isEqualTo("ATTRIBUTE");
        assertThat(answer.getFailures(0).getDetail())
                .contains("com.amazonaws.ecs.capability.privileged-container: missing (the host's task policy forbids");
    }

    private String run(TaskDefinition definition) {
        return api.run(api.register(definition), definition.getFamily())
                .getTasks(0)
                .getTaskId();
    }

    /** The reason for which the task has stopped before it ever ran. */
    private String ended(TaskDefinition.Builder definition) {
        String id = run(definition.build());
        Site.await("the task has ended")
                .until(() -> api.task(id).getLastStatus().equals("STOPPED"));
        Task task = api.task(id);
        assertThat(task.getStopCode()).isEqualTo("TaskFailedToStart");
        return task.getStoppedReason();
    }
}
