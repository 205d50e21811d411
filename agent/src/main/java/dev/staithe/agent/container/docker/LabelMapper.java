package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import java.util.HashMap;
import java.util.stream.Collectors;

/** dockerLabels, and ours over them: nobody's task can pass itself off as another's. */
final class LabelMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        var labels = new HashMap<>(request.container().getDockerLabelsMap());
        labels.keySet().removeIf(label -> label.startsWith(ContainerLabels.PREFIX));
        if (NetworkMapper.mode(request).equals("host")) {
            labels.put(
                    ContainerLabels.HOST_PORTS,
                    request.container().getPortMappingsList().stream()
                            .map(mapping -> PortMapper.exposedPort(mapping).toString())
                            .collect(Collectors.joining(",")));
        }
        labels.putAll(request.labels());
        draft.container().withLabels(labels);
    }
}
