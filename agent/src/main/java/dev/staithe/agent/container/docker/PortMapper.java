package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.PortMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** portMappings: published on a bridge; in the host's network there is nothing to publish. */
final class PortMapper implements ContainerMapper {
    private static final int LARGEST = 65_535;
    private static final int MOST_RANGED = 256;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        if (!NetworkMapper.mode(request).equals("bridge") || request.sandbox().isPresent()) {
            return;
        }
        Ports bindings = new Ports();
        List<ExposedPort> exposed = new ArrayList<>();
        for (PortMapping mapping : request.container().getPortMappingsList()) {
            if (!mapping.getContainerPortRange().isEmpty()) {
                publish(range(mapping), exposed, bindings);
                continue;
            }
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

    /** Each gets a host port of the engine's choice. */
    private static void publish(List<ExposedPort> range, List<ExposedPort> exposed, Ports bindings) {
        exposed.addAll(range);
        range.forEach(port -> bindings.bind(port, Binding.empty()));
    }

    private static List<ExposedPort> range(PortMapping mapping) {
        Matcher range = RANGE.matcher(mapping.getContainerPortRange());
        if (!range.matches()) {
            throw new IllegalArgumentException(
                    "portMappings: containerPortRange " + mapping.getContainerPortRange() + " (expected: FIRST-LAST)");
        }
        int first = port("containerPortRange", Integer.parseInt(range.group(1)));
        int last = port("containerPortRange", Integer.parseInt(range.group(2)));
        if (last < first || last - first >= MOST_RANGED) {
            throw new IllegalArgumentException("portMappings: containerPortRange " + mapping.getContainerPortRange()
                    + " (expected: 1-" + MOST_RANGED + " ports)");
        }
        return IntStream.rangeClosed(first, last)
                .mapToObj(port -> new ExposedPort(port, protocol(mapping)))
                .toList();
    }

    static ExposedPort exposedPort(PortMapping mapping) {
        if (!mapping.getContainerPortRange().isEmpty()) {
            throw new IllegalArgumentException("portMappings: containerPortRange " + mapping.getContainerPortRange()
                    + " (expected: only with networkMode bridge)");
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
