package dev.staithe.controlplane.store;

import java.util.List;

/** Every entry at one revision, in the order of the keys. */
public record Snapshot(long revision, List<Entry> entries) {
    public Snapshot {
        entries = List.copyOf(entries);
    }
}
