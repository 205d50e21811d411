package dev.staithe.agent.reconcile;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.Device;
import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A path of the host that a task is to have. Pure: the paths are as they are written.
 *
 * @param field where the definition says so
 * @param path as it is written there
 */
public record HostPath(String field, String path) {
    /** File systems whose device is no path of the host's. */
    private static final List<String> ELSEWHERE = List.of("tmpfs", "nfs", "nfs4", "cifs", "smb3");

    private static final Path ROOT = Path.of("/");

    /** All of them, in the order of the definition. */
    public static List<HostPath> of(TaskDefinition task) {
        List<HostPath> paths = new ArrayList<>();
        for (int i = 0; i < task.getVolumesCount(); i++) {
            Volume volume = task.getVolumes(i);
            String at = "volumes[" + i + "]";
            if (!volume.getHost().getSourcePath().isEmpty()) {
                paths.add(new HostPath(at + ".host.sourcePath", volume.getHost().getSourcePath()));
            }
            if (volume.hasDockerVolumeConfiguration()) {
                driver(volume.getDockerVolumeConfiguration(), at + ".dockerVolumeConfiguration.driverOpts", paths);
            }
        }
        for (int i = 0; i < task.getContainerDefinitionsCount(); i++) {
            ContainerDefinition container = task.getContainerDefinitions(i);
            for (Device device : container.getLinuxParameters().getDevicesList()) {
                paths.add(new HostPath(
                        "containerDefinitions[" + i + "].linuxParameters.devices.hostPath", device.getHostPath()));
            }
        }
        return List.copyOf(paths);
    }

    /**
     * The engine's own driver mounts what its options say. The kernel takes bind before any type, and what is relative from the
     * engine's directory, which is the root.
     */
    private static void driver(DockerVolumeConfiguration docker, String at, List<HostPath> paths) {
        if (!localDriver(docker) || (!binds(docker) && ELSEWHERE.contains(docker.getDriverOptsOrDefault("type", "")))) {
            return;
        }
        String device = docker.getDriverOptsOrDefault("device", "");
        if (!device.isEmpty()) {
            paths.add(new HostPath(at + ".device", rooted(device)));
        }
        for (String option : mountOptions(docker)) {
            int equals = option.indexOf('=');
            // The layers of an overlay: lowerdir=/a:/b.
            for (String path :
                    equals < 0 ? new String[0] : option.substring(equals + 1).split(":", -1)) {
                if (path.startsWith("/")) {
                    paths.add(new HostPath(at + ".o", rooted(path)));
                }
            }
        }
    }

    static boolean localDriver(DockerVolumeConfiguration docker) {
        return docker.getDriver().isEmpty() || docker.getDriver().equals("local");
    }

    /** Whether the engine's driver is to mount a device or a layer of the host, which no comparison of paths can judge. */
    static boolean mountsAFileSystem(DockerVolumeConfiguration docker) {
        String type = docker.getDriverOptsOrDefault("type", "");
        return localDriver(docker) && !type.isEmpty() && !binds(docker) && !ELSEWHERE.contains(type);
    }

    private static boolean binds(DockerVolumeConfiguration docker) {
        return mountOptions(docker).stream().anyMatch(o -> o.equals("bind") || o.equals("rbind"));
    }

    private static List<String> mountOptions(DockerVolumeConfiguration docker) {
        return List.of(docker.getDriverOptsOrDefault("o", "").split(",", -1));
    }

    private static String rooted(String path) {
        return path.startsWith("/") || path.indexOf('\0') >= 0
                ? path
                : ROOT.resolve(path).toString();
    }
}
