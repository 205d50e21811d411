package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the engine may quote of a container and nobody is to read: the values of its log driver's secret options. The engine tries
 * them when it starts the container, long after the agent has dropped them; it knows them, and a label says which they are.
 */
final class SecretWords {
    private static final int SHORTEST_HIDDEN = 4;

    private final List<String> values = new ArrayList<>();

    SecretWords(InspectContainerResponse shown) {
        Map<String, String> labels =
                Objects.requireNonNullElse(shown.getConfig().getLabels(), Map.of());
        HostConfig host = shown.getHostConfig();
        LogConfig log = host == null ? null : host.getLogConfig();
        Map<String, String> options = log == null ? null : log.getConfig();
        if (options == null) {
            return;
        }
        for (String name :
                labels.getOrDefault(ContainerLabels.SECRET_LOG_OPTIONS, "").split(",", -1)) {
            String value = options.getOrDefault(name, "");
            if (value.length() >= SHORTEST_HIDDEN) {
                values.add(value);
            }
        }
    }

    /** The engine's words without them. */
    String hiddenIn(String words) {
        String hidden = words;
        for (String value : values) {
            hidden = hidden.replace(value, "***");
        }
        return hidden;
    }

    ContainerFault hiddenIn(ContainerFault fault) {
        return values.isEmpty()
                ? fault
                // Without its cause, which quotes the same.
                : new ContainerFault(fault.kind(), hiddenIn(String.valueOf(fault.getMessage())), fault.retriable());
    }
}
