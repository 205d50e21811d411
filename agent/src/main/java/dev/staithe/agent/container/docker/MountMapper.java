package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.TaskVolumes;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.Volume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** mountPoints, of host paths and of the engine's volumes, which {@link VolumeProvisioner} makes before. */
final class MountMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        List<Bind> binds = new ArrayList<>();
        for (MountPoint mount : request.container().getMountPointsList()) {
            binds.add(new Bind(
                    source(request.taskId(), volume(request, mount)),
                    new com.github.dockerjava.api.model.Volume(
                            path("mountPoints: containerPath", mount.getContainerPath())),
                    mount.getReadOnly() ? AccessMode.ro : AccessMode.rw));
        }
        draft.host().withBinds(binds);
    }

    /** The volumes that the container mounts, each once, in the order of its mount points. */
    static List<Volume> mounted(ContainerRequest request) {
        var volumes = new LinkedHashMap<String, Volume>();
        for (MountPoint mount : request.container().getMountPointsList()) {
            volumes.put(mount.getSourceVolume(), volume(request, mount));
        }
        return List.copyOf(volumes.values());
    }

    private static Volume volume(ContainerRequest request, MountPoint mount) {
        return request.taskDefinition().getVolumesList().stream()
                .filter(volume -> volume.getName().equals(mount.getSourceVolume()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("mountPoints: sourceVolume " + mount.getSourceVolume()
                        + " (expected: a volume of the task definition)"));
    }

    private static String source(String taskId, Volume volume) {
        return switch (TaskVolumes.kind(volume)) {
            case HOST_PATH -> path("volumes: host.sourcePath", volume.getHost().getSourcePath());
            case TASK, SHARED -> TaskVolumes.engineName(taskId, volume);
        };
    }

    /** Docker separates the parts of a mount by colons: one inside a path would become something else. */
    private static String path(String field, String path) {
        if (!path.startsWith("/") || path.contains(":")) {
            throw new IllegalArgumentException(field + ": " + path + " (expected: an absolute path without a colon)");
        }
        return path;
    }
}
