package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.proto.v1.PortMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The published ports of one host. Dynamic ones come from a counter, so that two runs give the same. */
final class FakePorts {
    private static final int FIRST_DYNAMIC = 32768;
    private static final int LAST_DYNAMIC = 60999;

    private final TreeSet<String> taken = new TreeSet<>();
    private int next = FIRST_DYNAMIC;

    /** The bindings of all the mappings, or empty with nothing taken when a fixed port is in use. */
    Optional<List<PortBinding>> take(List<PortMapping> mappings) {
        List<PortBinding> bindings = new ArrayList<>();
        for (PortMapping mapping : mappings) {
            String protocol = protocol(mapping);
            int hostPort = mapping.getHostPort() == 0 ? free(protocol) : mapping.getHostPort();
            if (!taken.add(hostPort + "/" + protocol)) {
                release(bindings);
                return Optional.empty();
            }
            bindings.add(new PortBinding("0.0.0.0", mapping.getContainerPort(), hostPort, protocol));
        }
        return Optional.of(bindings);
    }

    void release(List<PortBinding> bindings) {
        bindings.forEach(binding -> taken.remove(binding.hostPort() + "/" + binding.protocol()));
    }

    /** In the host's network a port of the container is one of the host. */
    static PortBinding ofTheHost(PortMapping mapping) {
        return new PortBinding("0.0.0.0", mapping.getContainerPort(), mapping.getContainerPort(), protocol(mapping));
    }

    private static String protocol(PortMapping mapping) {
        return mapping.getProtocol().isEmpty() ? "tcp" : mapping.getProtocol();
    }

    private int free(String protocol) {
        while (taken.contains(next + "/" + protocol)) {
            advance();
        }
        int port = next;
        advance();
        return port;
    }

    private void advance() {
        next = next == LAST_DYNAMIC ? FIRST_DYNAMIC : next + 1;
    }
}
