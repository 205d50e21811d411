package dev.staithe.controlplane.store;

/** One key's change. */
public sealed interface StoreEvent {
    String key();

    /** The key has this value now. */
    record Put(Entry entry) implements StoreEvent {
        @Override
        public String key() {
            return entry.key();
        }
    }

    /** The key is gone. */
    record Deleted(String key) implements StoreEvent {}
}
