package dev.staithe.agent.reconcile;

import static dev.staithe.agent.Tasks.container;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.proto.agent.v1.GpuIds;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentCheckTest {
    private final AssignmentCheck check =
            new AssignmentCheck(HostPolicy.keeping(List.of(Path.of("/run/docker.sock"), Path.of("/var/lib/staithe"))));

    @Test
    void letsAPlainTaskIn() {
        assertThat(problem(definition -> definition
                        .addVolumes(volume("data", "/srv/data"))
                        .addVolumes(volume("scratch", ""))
                        .getContainerDefinitionsBuilder(0)
                        .addMountPoints(mount("data", "/data"))
                        .addMountPoints(mount("scratch", "/tmp/scratch"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relative",
                "../up",
                "/a/../b",
                "/srv/./x",
                "/run/docker.sock",
                "/run",
                "/",
                "/var/lib/staithe",
                "/var/lib/staithe/tasks",
                "/var/lib"
            })
    void refusesPathsThatReachTooFar(String source) {
        assertThat(problem(definition -> definition.addVolumes(volume("v", source))))
                .startsWith("HostConfigError: volumes[0].host.sourcePath: " + source);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "latest", "sha256:", "sha256:ABC", "sha256:0/../other", "sha512:00"})
    void refusesADigestThatIsNone(String digest) {
        assertThat(check.problem(AssignedTask.of(
                        Tasks.web(1).putImageDigests("app", digest).build())))
                .contains("HostConfigError: imageDigests.app: " + digest
                        + " (expected: sha256: and 64 hexadecimal digits)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "all,count=8", "../0"})
    void refusesAGpuThatIsNone(String id) {
        assertThat(check.problem(AssignedTask.of(Tasks.web(1)
                        .putGpus("app", GpuIds.newBuilder().addIds(id).build())
                        .build())))
                .contains("HostConfigError: gpus.app: " + id + " (expected: 1-64 letters, digits and -)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", "/etc", ".hidden", "a b"})
    void refusesVolumeNamesThatAreNone(String name) {
        assertThat(problem(definition -> definition.addVolumes(volume(name, ""))))
                .startsWith("HostConfigError: volumes[0].name: " + name);
    }

    @ParameterizedTest
    @CsvSource({"'', name", "../x, name", "a b, name"})
    void refusesContainerNamesThatAreNone(String name, String field) {
        assertThat(problem(definition ->
                        definition.getContainerDefinitionsBuilder(0).setName(name)))
                .startsWith("HostConfigError: containerDefinitions[0]." + field);
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        assertThat(problem(TaskDefinition.Builder::clearContainerDefinitions))
                .startsWith("HostConfigError: containerDefinitions");
        assertThat(problem(d -> d.addContainerDefinitions(container("app", "x"))))
                .startsWith("HostConfigError: containerDefinitions[1].name: app");
        assertThat(problem(d -> d.getContainerDefinitionsBuilder(0).setImage(" ")))
                .startsWith("HostConfigError: containerDefinitions[0].image");
        assertThat(problem(d -> d.getContainerDefinitionsBuilder(0).addMountPoints(mount("none", "/x"))))
                .startsWith("HostConfigError: containerDefinitions[0].mountPoints[0].sourceVolume: none");
        assertThat(problem(d -> d.addVolumes(volume("v", ""))
                        .getContainerDefinitionsBuilder(0)
                        .addMountPoints(mount("v", "x/../../y"))))
                .startsWith("HostConfigError: containerDefinitions[0].mountPoints[0].containerPath");
        assertThat(problem(d -> d.setFamily("../web"))).startsWith("HostConfigError: family");
    }

    @ParameterizedTest
    @CsvSource({
        "0123456789abcdef0123456789abcdef, true",
        "0123456789ABCDEF0123456789abcdef, false",
        "0123456789abcdef, false",
        "../../../../../../../etc/passwd00, false",
        "'', false",
    })
    void knowsATaskId(String id, boolean valid) {
        assertThat(AssignmentCheck.taskId(id)).isEqualTo(valid);
    }

    private String problem(Consumer<TaskDefinition.Builder> change) {
        var task = Tasks.web(1);
        change.accept(task.getTaskDefinitionBuilder());
        return check.problem(AssignedTask.of(task.build())).orElse("");
    }

    private static Volume volume(String name, String source) {
        Volume.Builder volume = Volume.newBuilder().setName(name);
        if (!source.isEmpty()) {
            volume.getHostBuilder().setSourcePath(source);
        }
        return volume.build();
    }

    private static MountPoint mount(String volume, String path) {
        return MountPoint.newBuilder()
                .setSourceVolume(volume)
                .setContainerPath(path)
                .build();
    }
}
