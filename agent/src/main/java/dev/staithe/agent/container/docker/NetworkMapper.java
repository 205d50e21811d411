package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRequest;

/** The task's networkMode. */
final class NetworkMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        draft.host().withNetworkMode(mode(request));
    }

    static String mode(ContainerRequest request) {
        String mode = request.taskDefinition().getNetworkMode();
        return switch (mode) {
            case "", "bridge" -> "bridge";
            case "host", "none" -> mode;
            default -> throw new IllegalArgumentException("networkMode: " + mode + " (expected: bridge, host or none)");
        };
    }
}
