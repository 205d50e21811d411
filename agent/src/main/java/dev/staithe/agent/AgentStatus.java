package dev.staithe.agent;

import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.LocalTask;
import java.util.List;

/**
 * What an agent holds at one moment: for invariants, and for people who look inside.
 *
 * @param connected whether a session with a control plane stands
 * @param digest of the set of assignments
 * @param tasks in the order of their ids
 */
public record AgentStatus(
        Identity identity, boolean connected, boolean engineHealthy, long digest, List<LocalTask> tasks) {
    public AgentStatus {
        tasks = List.copyOf(tasks);
    }
}
