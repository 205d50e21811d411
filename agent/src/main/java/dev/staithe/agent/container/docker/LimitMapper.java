package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.Ulimit;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.SystemControl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ulimits and systemControls. */
final class LimitMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        List<dev.staithe.proto.v1.Ulimit> ulimits = request.container().getUlimitsList();
        if (!ulimits.isEmpty()) {
            draft.host()
                    .withUlimits(ulimits.stream()
                            .map(u -> new Ulimit(u.getName(), (long) u.getSoftLimit(), (long) u.getHardLimit()))
                            .toList());
        }
        List<SystemControl> controls = request.container().getSystemControlsList();
        if (!controls.isEmpty()) {
            Map<String, String> values = new LinkedHashMap<>();
            controls.forEach(control -> values.put(control.getNamespace(), control.getValue()));
            draft.host().withSysctls(values);
        }
    }
}
