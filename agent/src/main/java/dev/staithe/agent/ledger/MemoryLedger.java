package dev.staithe.agent.ledger;

import dev.staithe.agent.model.LocalTask;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A ledger for tests and the simulator. It outlives the agent that used it, as a disk does: give the same one to the next
 * agent, and what was written is there. Used from one thread.
 */
public final class MemoryLedger implements TaskLedger {
    private final TreeMap<String, LocalTask> tasks = new TreeMap<>();
    private final ImageLedger images = new MemoryImageLedger();
    private @Nullable Identity identity;

    @Override
    public Contents load() {
        return new Contents(Optional.ofNullable(identity), List.copyOf(tasks.values()), List.of());
    }

    @Override
    public void write(Changes changes) {
        changes.tasks().forEach(task -> tasks.put(task.taskId(), task));
        changes.forgotten().forEach(tasks::remove);
        changes.identity().ifPresent(changed -> identity = changed);
    }

    @Override
    public ImageLedger images() {
        return images;
    }

    @Override
    public void close() {}
}
