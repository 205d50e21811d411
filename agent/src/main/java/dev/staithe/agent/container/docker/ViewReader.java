package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.NetworkAddress;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what the engine shows of a container. */
final class ViewReader {
    private ViewReader() {}

    /** @param network where it can be reached: its own, or that of the sandbox it has joined; null when that is gone */
    static ContainerView view(InspectContainerResponse shown, @Nullable NetworkSettings network) {
        ContainerState state = shown.getState();
        Map<String, String> labels =
                Objects.requireNonNullElse(shown.getConfig().getLabels(), Map.of());
        State lifeState = state(state);
        long startedAt = millis(state.getStartedAt());
        boolean ended = lifeState == State.STOPPED && startedAt > 0;
        Long exitCode = state.getExitCodeLong();
        return new ContainerView(
                shown.getId(),
                shown.getName().startsWith("/") ? shown.getName().substring(1) : shown.getName(),
                labels,
                shown.getImageId(),
                lifeState,
                ended && exitCode != null ? OptionalInt.of(exitCode.intValue()) : OptionalInt.empty(),
                Boolean.TRUE.equals(state.getOOMKilled()),
                new SecretWords(shown).hiddenIn(Objects.requireNonNullElse(state.getError(), "")),
                startedAt,
                lifeState == State.RUNNING ? 0 : finishedAt(startedAt, millis(state.getFinishedAt())),
                health(state.getHealth()),
                healthOutput(state.getHealth()),
                lifeState == State.RUNNING ? ports(network, labels) : List.of(),
                presence(shown, network, lifeState == State.RUNNING));
    }

    private static Presence presence(InspectContainerResponse shown, @Nullable NetworkSettings network, boolean runs) {
        Long pid = shown.getState().getPidLong();
        HostConfig host = shown.getHostConfig();
        String mode = host == null ? "" : Objects.requireNonNullElse(host.getNetworkMode(), "");
        // Who joined a sandbox is on the bridge, by way of it.
        mode = mode.startsWith("container:") ? "bridge" : mode;
        List<NetworkAddress> addresses = new ArrayList<>();
        if (runs && network != null && network.getNetworks() != null) {
            new TreeMap<>(network.getNetworks()).forEach((name, joined) -> {
                String ipv4 = Objects.requireNonNullElse(joined.getIpAddress(), "");
                String ipv6 = Objects.requireNonNullElse(joined.getGlobalIPv6Address(), "");
                if (!ipv4.isEmpty() || !ipv6.isEmpty()) {
                    String mac = Objects.requireNonNullElse(joined.getMacAddress(), "");
                    addresses.add(new NetworkAddress(name, ipv4, ipv6, mac));
                }
            });
        }
        return new Presence(
                millis(shown.getCreated()), runs && pid != null ? Math.toIntExact(pid) : 0, mode, addresses);
    }

    private static State state(ContainerState state) {
        return switch (String.valueOf(state.getStatus())) {
            case "created" -> State.CREATED;
            case "running", "paused", "restarting" -> State.RUNNING;
            default -> State.STOPPED; // exited, dead, removing
        };
    }

    /** Docker stamps a start once it knows of it: a container that ends at once may have ended a moment before. */
    private static long finishedAt(long startedAt, long stamped) {
        return stamped == 0 ? 0 : Math.max(startedAt, stamped);
    }

    /** Docker says "the year 1" for never. */
    private static long millis(@Nullable String time) {
        if (time == null || time.isEmpty()) {
            return 0;
        }
        try {
            return Math.max(0, Instant.parse(time).toEpochMilli());
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private static Health health(@Nullable HealthState health) {
        return switch (health == null ? "none" : String.valueOf(health.getStatus())) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    private static String healthOutput(@Nullable HealthState health) {
        List<HealthStateLog> log = health == null ? null : health.getLog();
        return log == null || log.isEmpty()
                ? ""
                : Objects.requireNonNullElse(log.getLast().getOutput(), "").strip();
    }

    private static List<PortBinding> ports(@Nullable NetworkSettings network, Map<String, String> labels) {
        List<PortBinding> ports = new ArrayList<>();
        if (network != null && network.getPorts() != null) {
            network.getPorts().getBindings().forEach((port, bindings) -> addPublished(ports, port, bindings));
        }
        for (String port : labels.getOrDefault(ContainerLabels.HOST_PORTS, "").split(",", -1)) {
            if (!port.isEmpty()) {
                ExposedPort exposed = ExposedPort.parse(port);
                ports.add(new PortBinding(
                        "0.0.0.0",
                        exposed.getPort(),
                        exposed.getPort(),
                        exposed.getProtocol().toString()));
            }
        }
        ports.sort(Comparator.comparingInt(PortBinding::containerPort)
                .thenComparing(PortBinding::protocol)
                .thenComparingInt(PortBinding::hostPort));
        return ports;
    }

    /** Docker publishes a port on IPv4 and again on IPv6; the second is shown only where it is alone. */
    private static void addPublished(List<PortBinding> ports, ExposedPort port, Binding @Nullable [] bindings) {
        List<PortBinding> found = new ArrayList<>();
        for (Binding binding : bindings == null ? new Binding[0] : bindings) {
            if (binding.getHostPortSpec() != null) {
                found.add(new PortBinding(
                        Objects.requireNonNullElse(binding.getHostIp(), "0.0.0.0"),
                        port.getPort(),
                        Integer.parseInt(binding.getHostPortSpec()),
                        port.getProtocol().toString()));
            }
        }
        boolean version4 = found.stream().anyMatch(binding -> !binding.bindIp().contains(":"));
        found.removeIf(binding -> version4 && binding.bindIp().contains(":"));
        ports.addAll(found);
    }
}
