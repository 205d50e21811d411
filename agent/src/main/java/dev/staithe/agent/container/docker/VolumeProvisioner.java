package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateVolumeCmd;
import com.github.dockerjava.api.command.CreateVolumeResponse;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.TaskVolume;
import dev.staithe.agent.container.TaskVolumes;
import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The engine's volumes behind a task's: makes those of the task before its containers and removes them after. Shared ones
 * are made when they are to be, and never removed: their content is somebody's data.
 */
final class VolumeProvisioner {
    private final Ownership ownership;

    VolumeProvisioner(Ownership ownership) {
        this.ownership = ownership;
    }

    /** Makes what the container mounts; what exists already stays. */
    void provide(DockerClient client, ContainerRequest request) throws ContainerFault {
        for (Volume volume : MountMapper.mounted(request)) {
            switch (TaskVolumes.kind(volume)) {
                case HOST_PATH -> {}
                case TASK -> makeForTask(client, request.taskId(), volume);
                case SHARED -> provideShared(client, volume);
            }
        }
    }

    /** Removes a volume of a task; nothing happens when it is gone or not one of this agent's. */
    void remove(DockerClient client, String name) {
        try {
            InspectVolumeResponse found = client.inspectVolumeCmd(name).exec();
            if (ownership.ours(found.getLabels()) && found.getLabels().containsKey(ContainerLabels.TASK)) {
                client.removeVolumeCmd(name).exec();
            }
        } catch (NotFoundException gone) {
            return;
        }
    }

    List<TaskVolume> list(DockerClient client) {
        List<InspectVolumeResponse> found = client.listVolumesCmd()
                .withFilter("label", List.of(ContainerLabels.INSTANCE + "=" + ownership.instance()))
                .exec()
                .getVolumes();
        List<TaskVolume> volumes = new ArrayList<>();
        for (InspectVolumeResponse volume : found == null ? List.<InspectVolumeResponse>of() : found) {
            Map<String, String> labels = volume.getLabels();
            if (ownership.ours(labels) && labels.containsKey(ContainerLabels.TASK)) {
                volumes.add(new TaskVolume(volume.getName(), labels.get(ContainerLabels.TASK)));
            }
        }
        return volumes;
    }

    private void makeForTask(DockerClient client, String taskId, Volume volume) throws ContainerFault {
        String name = TaskVolumes.engineName(taskId, volume);
        VolumeSource source = VolumeSource.of(volume);
        var labels = new HashMap<>(source.labels());
        labels.put(ContainerLabels.INSTANCE, ownership.instance());
        labels.put(ContainerLabels.TASK, taskId);
        labels.put(ContainerLabels.VOLUME, volume.getName());
        // Docker answers with the volume that has the name already, whoever made it.
        CreateVolumeResponse made = make(client, name, source, labels);
        if (!ownership.ours(made.getLabels()) || !taskId.equals(made.getLabels().get(ContainerLabels.TASK))) {
            throw new ContainerFault(
                    Kind.CannotCreateVolumeError,
                    "volume " + name + " exists and was not made for this task: remove it",
                    false);
        }
    }

    private void provideShared(DockerClient client, Volume volume) throws ContainerFault {
        DockerVolumeConfiguration wanted = volume.getDockerVolumeConfiguration();
        try {
            client.inspectVolumeCmd(volume.getName()).exec();
        } catch (NotFoundException missing) {
            if (!wanted.getAutoprovision()) {
                throw new ContainerFault(
                        Kind.CannotCreateVolumeError,
                        "shared volume " + volume.getName()
                                + " does not exist on this host: create it there, or set autoprovision",
                        false,
                        missing);
            }
            VolumeSource source = VolumeSource.of(volume);
            make(client, volume.getName(), source, source.labels());
        }
    }

    private static CreateVolumeResponse make(
            DockerClient client, String name, VolumeSource source, Map<String, String> labels) {
        CreateVolumeCmd command =
                client.createVolumeCmd().withName(name).withLabels(labels).withDriverOpts(source.options());
        if (!source.driver().isEmpty()) {
            command.withDriver(source.driver());
        }
        return command.exec();
    }
}
