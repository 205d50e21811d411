package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.reconcile.FaultReason;
import dev.staithe.proto.v1.Volume;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Volumes of the engine, and what is said when it cannot make or mount one. */
final class VolumeMappingTest extends MappingTable {
    private static final String MOUNT =
            "mount_points { source_volume: 'data' container_path: '/data' } command: 'true'";

    @Test
    void aServerOfNfsTakesThePlaceOfEfs() throws Exception {
        runtime.create(request(
                "volumes { name: 'data' efs_volume_configuration { file_system_id: 'nas.example.org' root_directory:"
                        + " '/export' } }",
                MOUNT));

        assertThat(options())
                .containsEntry("type", "nfs")
                .containsEntry("device", ":/export")
                .containsEntry(
                        "o",
                        "addr=nas.example.org,nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport");
    }

    @Test
    void optionsGoToTheDriverAsTheyAre() throws Exception {
        runtime.create(request(local("cifs", "//nas/share", "addr=10.0.0.9,username=u,password=hunter2"), MOUNT));

        assertThat(options())
                .isEqualTo(Map.of(
                        "type", "cifs", "device", "//nas/share", "o", "addr=10.0.0.9,username=u,password=hunter2"));
    }

    @Test
    void aVolumeInMemoryIsMountedAndGoesWithTheTask() throws Exception {
        String id = runtime.create(request(local("tmpfs", "tmpfs", "size=1m"), MOUNT));

        runtime.start(id);

        assertThat(runtime.listVolumes()).extracting(v -> v.name()).containsExactly("staithe-" + TASK + "-data");
    }

    @Test
    void saysWhichDriverIsMissingAndWhatToDo() throws Exception {
        ContainerRequest request =
                request("volumes { name: 'data' docker_volume_configuration { driver: 'no-such-driver' } }", MOUNT);

        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> runtime.create(request));

        assertThat(fault.kind()).isEqualTo(Kind.CannotCreateVolumeError);
        assertThat(fault.retriable()).isFalse();
        assertThat(FaultReason.of(request.taskDefinition(), "app", fault))
                .startsWith("CannotCreateVolumeError: ")
                .contains("plugin \"no-such-driver\" not found")
                .endsWith(
                        " (field: volumes[0].dockerVolumeConfiguration.driver); install the driver on this host (docker"
                                + " plugin install), or use driver local");
    }

    @Test
    void saysWhichOptionTheDriverDoesNotKnow() throws Exception {
        ContainerRequest request = request(
                "volumes { name: 'data' docker_volume_configuration { driver_opts { key: 'colour' value: 'red' } } }",
                MOUNT);

        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> runtime.create(request));

        assertThat(FaultReason.of(request.taskDefinition(), "app", fault))
                .startsWith("CannotCreateVolumeError: ")
                .contains("colour")
                .endsWith(" (field: volumes[0].dockerVolumeConfiguration.driverOpts.colour)");
    }

    @Test
    void tellsAMountThatFailsWithoutItsPassword() throws Exception {
        ContainerRequest request =
                request(local("cifs", "//127.0.0.1/share", "addr=127.0.0.1,username=u,password=hunter2"), MOUNT);
        String id = runtime.create(request);

        ContainerFault fault = catchThrowableOfType(ContainerFault.class, () -> runtime.start(id));

        assertThat(fault.kind()).isEqualTo(Kind.CannotStartContainerError);
        assertThat(FaultReason.of(request.taskDefinition(), "app", fault))
                .contains("//127.0.0.1/share")
                .contains("(field: volumes[0].dockerVolumeConfiguration.driverOpts.")
                .doesNotContain("hunter2");
    }

    @Test
    void showsNoOptionsWhereItShowsASource() {
        Volume.Builder volume = Volume.newBuilder();
        volume.getDockerVolumeConfigurationBuilder().putDriverOpts("o", "password=hunter2");

        assertThat(VolumeSource.of(volume.build()).toString()).doesNotContain("hunter2");
    }

    private Map<String, String> options() {
        return engine.client()
                .inspectVolumeCmd("staithe-" + TASK + "-data")
                .exec()
                .getOptions();
    }

    private static String local(String type, String device, String options) {
        return "volumes { name: 'data' docker_volume_configuration { driver: 'local'"
                + " driver_opts { key: 'type' value: '" + type + "' } driver_opts { key: 'device' value: '" + device
                + "' } driver_opts { key: 'o' value: '" + options + "' } } }";
    }
}
