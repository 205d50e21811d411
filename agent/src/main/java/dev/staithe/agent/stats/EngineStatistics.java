package dev.staithe.agent.stats;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Reads the engine's own statistics, the JSON of {@code GET /containers/ID/stats}. Pure. */
final class EngineStatistics {
    private EngineStatistics() {}

    /** Empty when it says nothing: the container does not run. */
    static Optional<Usage> usage(JsonNode said) {
        JsonNode memory = said.path("memory_stats");
        if (!memory.has("usage")) {
            return Optional.empty();
        }
        JsonNode details = memory.path("stats");
        // Version 1 of control groups says "total_inactive_file", version 2 "inactive_file".
        long inactive = details.has("total_inactive_file")
                ? details.path("total_inactive_file").asLong()
                : details.path("inactive_file").asLong();
        long received = 0;
        long sent = 0;
        for (JsonNode network : said.path("networks")) {
            received += network.path("rx_bytes").asLong();
            sent += network.path("tx_bytes").asLong();
        }
        long read = 0;
        long written = 0;
        for (JsonNode entry : said.path("blkio_stats").path("io_service_bytes_recursive")) {
            switch (entry.path("op").asText()) {
                case "Read", "read" -> read += entry.path("value").asLong();
                case "Write", "write" -> written += entry.path("value").asLong();
                default -> {} // Sync, Async and Total count the same bytes again
            }
        }
        return Optional.of(new Usage(
                said.path("cpu_stats").path("cpu_usage").path("total_usage").asLong(),
                Math.max(0, memory.path("usage").asLong() - inactive),
                memory.path("limit").asLong(),
                received,
                sent,
                read,
                written,
                said.path("pids_stats").path("current").asInt()));
    }
}
