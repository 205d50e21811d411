package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.PortMapping;
import java.util.ArrayList;
import java.util.List;

/** portMappings: published on a bridge; in the host's network there is nothing to publish. */
final class PortMapper implements ContainerMapper {
    private static final int LARGEST = 65_535;

    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        if (!NetworkMapper.mode(request).equals("bridge")) {
            return;
        }
        Ports bindings = new Ports();
        List<ExposedPort> exposed = new ArrayList<>();
        for (PortMapping mapping : request.container().getPortMappingsList()) {
            ExposedPort port = exposedPort(mapping);
            exposed.add(port);
            // No host port lets Docker choose one.
            bindings.bind(
                    port,
                    mapping.getHostPort() == 0
                            ? Binding.empty()
                            : Binding.bindPort(port("hostPort", mapping.getHostPort())));
        }
        draft.container().withExposedPorts(exposed);
        draft.host().withPortBindings(bindings);
    }

    static ExposedPort exposedPort(PortMapping mapping) {
        if (!mapping.getContainerPortRange().isEmpty()) {
            throw new IllegalArgumentException("portMappings: containerPortRange is not supported by this agent");
        }
        return new ExposedPort(port("containerPort", mapping.getContainerPort()), protocol(mapping));
    }

    private static InternetProtocol protocol(PortMapping mapping) {
        return switch (mapping.getProtocol()) {
            case "", "tcp" -> InternetProtocol.TCP;
            case "udp" -> InternetProtocol.UDP;
            default ->
                throw new IllegalArgumentException(
                        "portMappings: protocol " + mapping.getProtocol() + " (expected: tcp or udp)");
        };
    }

    private static int port(String field, int number) {
        if (number < 1 || number > LARGEST) {
            throw new IllegalArgumentException(
                    "portMappings: " + field + " " + number + " (expected: 1-" + LARGEST + ")");
        }
        return number;
    }
}
