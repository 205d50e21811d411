package dev.staithe.agent.container;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A container as the engine shows it.
 *
 * @param exitCode present once it ran and stopped
 * @param error the engine's own words when it could not be started; else empty
 * @param startedAtMillis by the host's clock; 0 = not yet
 * @param ports published ports, with the host ports that the engine chose; empty while it does not run
 */
public record ContainerView(
        String id,
        String name,
        Map<String, String> labels,
        String imageId,
        State state,
        OptionalInt exitCode,
        boolean oomKilled,
        String error,
        long startedAtMillis,
        long finishedAtMillis,
        Health health,
        String healthOutput,
        List<PortBinding> ports) {
    public ContainerView {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
    }

    /** Where the container is in its life. */
    public enum State {
        CREATED,
        RUNNING,
        STOPPED
    }

    /** What its health check says; NONE when it has none. */
    public enum Health {
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /** One published port. */
    public record PortBinding(String bindIp, int containerPort, int hostPort, String protocol) {}
}
