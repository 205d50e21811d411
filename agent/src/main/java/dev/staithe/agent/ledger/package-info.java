/**
 * The agent's durable state. Start reading at {@link dev.staithe.agent.ledger.TaskLedger}; {@link dev.staithe.agent.ledger.FileLedger} keeps one
 * file a task, {@link dev.staithe.agent.ledger.LedgerWriter} gathers the changes of the loop into few writes.
 */
@NullMarked
package dev.staithe.agent.ledger;

import org.jspecify.annotations.NullMarked;
