package dev.staithe.agent;

import dev.staithe.agent.ledger.ImageLedger;
import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.ledger.TaskLedger;
import java.io.IOException;

/** A ledger on a disk that the test fills. */
final class FullDisk implements TaskLedger {
    private final MemoryLedger ledger = new MemoryLedger();
    boolean full;

    @Override
    public Contents load() {
        return ledger.load();
    }

    @Override
    public void write(Changes changes) throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
        ledger.write(changes);
    }

    @Override
    public ImageLedger images() {
        return ledger.images();
    }

    @Override
    public void close() {
        ledger.close();
    }
}
