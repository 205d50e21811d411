package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.Device;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.LinuxParameters;
import dev.staithe.proto.v1.Tmpfs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Of linuxParameters: devices, tmpfs, sharedMemorySize, initProcessEnabled. Swap goes with memory, capabilities with privileges. */
final class LinuxMapper implements ContainerMapper {
    private static final long MIB = 1 << 20;

    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        LinuxParameters linux = request.container().getLinuxParameters();
        if (linux.hasInitProcessEnabled()) {
            draft.host().withInit(linux.getInitProcessEnabled());
        }
        if (linux.getSharedMemorySize() > 0) {
            draft.host().withShmSize(linux.getSharedMemorySize() * MIB);
        }
        if (linux.getDevicesCount() > 0) {
            draft.host()
                    .withDevices(linux.getDevicesList().stream()
                            .map(LinuxMapper::device)
                            .toList());
        }
        if (linux.getTmpfsCount() > 0) {
            Map<String, String> mounts = new LinkedHashMap<>();
            linux.getTmpfsList().forEach(tmpfs -> mounts.put(tmpfs.getContainerPath(), options(tmpfs)));
            draft.host().withTmpFs(mounts);
        }
    }

    /** Without permissions all three, as in ECS. */
    private static Device device(dev.staithe.proto.v1.Device device) {
        StringBuilder permissions = new StringBuilder();
        for (String permission : device.getPermissionsList()) {
            permissions.append(
                    switch (permission) {
                        case "read" -> 'r';
                        case "write" -> 'w';
                        case "mknod" -> 'm';
                        default ->
                            throw new IllegalArgumentException("linuxParameters.devices.permissions: " + permission
                                    + " (expected: read, write or mknod)");
                    });
        }
        return new Device(
                permissions.isEmpty() ? "rwm" : permissions.toString(),
                device.getContainerPath().isEmpty() ? device.getHostPath() : device.getContainerPath(),
                device.getHostPath());
    }

    private static String options(Tmpfs tmpfs) {
        List<String> options = new ArrayList<>(tmpfs.getMountOptionsList());
        options.remove("defaults");
        options.addFirst("size=" + tmpfs.getSize() + "m");
        return String.join(",", options);
    }
}
