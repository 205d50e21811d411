package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.ContainerDefinition;

/**
 * What runs in the container: entryPoint, command, environment, user, workingDirectory, its terminal, and how long
 * it may take to stop.
 */
final class ProcessMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        ContainerDefinition container = request.container();
        if (container.getEntryPointCount() > 0) {
            draft.container().withEntrypoint(container.getEntryPointList());
        }
        if (container.getCommandCount() > 0) {
            draft.container().withCmd(container.getCommandList());
        }
        draft.container()
                .withEnv(container.getEnvironmentList().stream()
                        .map(variable -> variable.getName() + "=" + variable.getValue())
                        .toList());
        if (!container.getUser().isEmpty()) {
            draft.container().withUser(container.getUser());
        }
        if (!container.getWorkingDirectory().isEmpty()) {
            draft.container().withWorkingDir(container.getWorkingDirectory());
        }
        draft.container().withTty(container.getPseudoTerminal()).withStdinOpen(container.getInteractive());
        if (container.hasStopTimeout()) {
            // For who stops it without us: an engine that shuts down.
            draft.container().withStopTimeout(container.getStopTimeout());
        }
    }
}
