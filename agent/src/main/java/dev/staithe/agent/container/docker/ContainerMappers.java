package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.staithe.agent.container.ContainerRequest;
import java.util.List;

/**
 * How a definition becomes a container: every group of fields has its mapper in this list. What no mapper honours is
 * refused, so that nothing a user asked for is dropped in silence.
 */
final class ContainerMappers {
    private static final List<ContainerMapper> MAPPERS = List.of(
            new ResourceMapper(),
            new GpuMapper(),
            new PrivilegeMapper(),
            new LinuxMapper(),
            new LimitMapper(),
            new NetworkMapper(),
            new PortMapper(),
            new PeerMapper(),
            new MountMapper(),
            new ProcessMapper(),
            new HealthCheckMapper(),
            new LogMapper(),
            new LabelMapper(),
            // Last: it adds to what the others made.
            new ConfidentialMapper());

    private ContainerMappers() {}

    /** The command that creates the container; nothing is sent yet. */
    static CreateContainerCmd command(DockerClient client, ContainerRequest request) {
        SupportedFields.check(request);
        // Restarts are the agent's decision, never Docker's.
        HostConfig host = HostConfig.newHostConfig().withRestartPolicy(RestartPolicy.noRestart());
        CreateContainerCmd command =
                client.createContainerCmd(request.container().getImage()).withName(request.name());
        ContainerDraft draft = new ContainerDraft(command, host);
        MAPPERS.forEach(mapper -> mapper.map(request, draft));
        return command.withHostConfig(host);
    }
}
