package dev.staithe.controlplane.store;

import java.util.List;

/** What one transaction changed; at most one event a key. */
public record Batch(long revision, List<StoreEvent> events) {
    public Batch {
        events = List.copyOf(events);
    }
}
