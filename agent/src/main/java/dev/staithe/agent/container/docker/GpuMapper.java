package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.DeviceRequest;
import dev.staithe.agent.container.ContainerRequest;
import java.util.List;

/** The GPUs that the control plane reserved for the container, by id. They are asked for as docker run --gpus does. */
final class GpuMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        long wanted = request.container().getResourceRequirementsList().stream()
                .filter(r -> r.getType().equals("GPU"))
                .mapToLong(r -> Long.parseLong(r.getValue()))
                .sum();
        if (wanted != request.gpus().size()) {
            throw new IllegalArgumentException("resourceRequirements: " + wanted + " GPUs (expected: as many as were "
                    + "reserved for the container, " + request.gpus().size() + ")");
        }
        if (wanted > 0) {
            draft.host()
                    .withDeviceRequests(List.of(new DeviceRequest()
                            .withDriver("nvidia")
                            .withDeviceIds(request.gpus())
                            .withCapabilities(List.of(List.of("gpu")))));
        }
    }
}
