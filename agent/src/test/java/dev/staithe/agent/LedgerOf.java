package dev.staithe.agent;

import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.ledger.TaskLedger.Changes;
import dev.staithe.agent.ledger.TaskLedger.Identity;

/** Ledgers to begin with. */
final class LedgerOf {
    private LedgerOf() {}

    /** One that knows who the agent is, and has lost its tasks. */
    static MemoryLedger instance(String instanceId) {
        MemoryLedger ledger = new MemoryLedger();
        ledger.write(Changes.of(new Identity(instanceId, 5, 1, 0)));
        return ledger;
    }
}
