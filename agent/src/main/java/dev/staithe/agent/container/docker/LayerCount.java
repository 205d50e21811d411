package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.staithe.agent.container.PullProgress;
import java.util.Optional;
import java.util.TreeMap;

/** Adds up what the engine says of single layers during a pull. Confined to the thread of the call. */
final class LayerCount {
    private record Layer(long bytes, long total, boolean whole) {}

    private final TreeMap<String, Layer> layers = new TreeMap<>();

    /** What follows from this line of the engine's, when it changes the sum. */
    Optional<PullProgress> said(JsonNode line) {
        String id = line.path("id").asText("");
        String status = line.path("status").asText("");
        long total = line.path("progressDetail").path("total").asLong(0);
        Layer known = layers.getOrDefault(id, new Layer(0, 0, false));
        Layer next = switch (status) {
            case "Pulling fs layer", "Waiting" -> known;
            case "Downloading" ->
                new Layer(line.path("progressDetail").path("current").asLong(0), Math.max(total, known.total()), false);
            case "Download complete", "Verifying Checksum", "Extracting", "Pull complete" ->
                new Layer(Math.max(total, known.total()), Math.max(total, known.total()), true);
            default -> null;
        };
        if (next == null || (next.equals(known) && layers.containsKey(id))) {
            return Optional.empty();
        }
        layers.put(id, next);
        return Optional.of(sum());
    }

    private PullProgress sum() {
        int fetched = 0;
        long bytes = 0;
        long total = 0;
        for (Layer layer : layers.values()) {
            fetched += layer.whole() ? 1 : 0;
            bytes += layer.bytes();
            total += layer.total();
        }
        return new PullProgress(layers.size(), fetched, bytes, total);
    }
}
