package dev.staithe.agent.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The engine's statistics of containers, as {@code /stats} gives them out: at most one look a second at each container, however
 * many ask. What was looked at before is in {@code precpu_stats}, so that a reader gets a share of the processor out of every
 * answer; the first look at a container takes the engine a second or two. May be called from any thread; blocks.
 */
final class ContainerStatistics {
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** Of a look longer ago the difference says little. */
    private static final Duration TELLING = Duration.ofMinutes(2);

    private static final double NANOS = 1e9;

    private final ContainerRuntime runtime;
    private final Time time;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Looks> containers = new ConcurrentHashMap<>();

    ContainerStatistics(ContainerRuntime runtime, Time time) {
        this.runtime = runtime;
        this.time = time;
    }

    /** Empty when the container is gone. */
    Optional<ObjectNode> of(String runtimeId) throws ContainerFault {
        containers.values().removeIf(looks -> looks.olderThan(TELLING));
        return containers.computeIfAbsent(runtimeId, Looks::new).newest();
    }

    /** The looks at one container, one at a time. */
    private final class Looks {
        private final String id;
        private final ReentrantLock looking = new ReentrantLock();
        private volatile long at = time.nanos();
        private @Nullable ObjectNode last;

        Looks(String id) {
            this.id = id;
        }

        boolean olderThan(Duration age) {
            return time.nanos() - at > age.toNanos();
        }

        Optional<ObjectNode> newest() throws ContainerFault {
            looking.lock();
            try {
                ObjectNode before = last;
                if (before != null && !olderThan(FRESH)) {
                    return Optional.of(before);
                }
                Optional<ObjectNode> now = look(before == null);
                double seconds = (time.nanos() - at) / NANOS;
                now.ifPresent(document -> {
                    if (before != null) {
                        document.set("preread", before.path("read"));
                        document.set("precpu_stats", before.path("cpu_stats"));
                    }
                    document.set("network_rate_stats", rates(document, before, seconds));
                });
                at = time.nanos();
                last = now.orElse(null);
                return now;
            } finally {
                looking.unlock();
            }
        }

        private Optional<ObjectNode> look(boolean first) throws ContainerFault {
            Optional<String> said = runtime.statistics(id, first);
            try {
                return said.isPresent() && json.readTree(said.get()) instanceof ObjectNode document
                        ? Optional.of(document)
                        : Optional.empty();
            } catch (JsonProcessingException notJson) {
                return Optional.empty();
            }
        }

        private ObjectNode rates(ObjectNode now, @Nullable ObjectNode before, double seconds) {
            ObjectNode rates = json.createObjectNode();
            boolean tells = before != null && seconds > 0;
            rates.put("rx_bytes_per_sec", tells ? (sum(now, "rx_bytes") - sum(before, "rx_bytes")) / seconds : 0);
            rates.put("tx_bytes_per_sec", tells ? (sum(now, "tx_bytes") - sum(before, "tx_bytes")) / seconds : 0);
            return rates;
        }

        private static double sum(@Nullable ObjectNode document, String counter) {
            double sum = 0;
            if (document != null) {
                for (JsonNode network : document.path("networks")) {
                    sum += network.path(counter).asDouble();
                }
            }
            return sum;
        }
    }
}
