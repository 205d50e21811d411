package dev.staithe.agent.ledger;

import dev.staithe.agent.ledger.TaskLedger.Changes;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what changes on the agent's loop into few writes of the ledger, one at a time and in order. What was handed over in
 * one turn of the loop, or while a write was under way, goes into the next one together, so that the cost of a sync to disk is
 * paid once for many changes.
 *
 * <p>A write that fails (a full disk) is tried again until it succeeds: meanwhile nothing that depends on it happens, and
 * {@link #healthy} says so. Confined to the loop.
 */
public final class LedgerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final TaskLedger ledger;
    private final EventLoop loop;
    private final Effects effects;
    private final TreeMap<String, Optional<LocalTask>> changed = new TreeMap<>();
    private List<Runnable> waiting = new ArrayList<>();
    private Identity identity;
    private boolean identityChanged;
    private boolean scheduled;
    private boolean healthy = true;

    public LedgerWriter(TaskLedger ledger, Identity identity, EventLoop loop, Effects effects) {
        this.ledger = ledger;
        this.identity = identity;
        this.loop = loop;
        this.effects = effects;
    }

    /** Who this agent is, with changes that are still on their way to the disk. */
    public Identity identity() {
        return identity;
    }

    /** Whether the last write succeeded. */
    public boolean healthy() {
        return healthy;
    }

    /** Makes the task durable, then says so. Of several versions only the last is written. */
    public void put(LocalTask task, Runnable durable) {
        enqueue(task.taskId(), Optional.of(task), durable);
    }

    /** Removes the task. */
    public void forget(String taskId) {
        enqueue(taskId, Optional.empty(), () -> {});
    }

    /** Changes the identity and says when it, and everything handed over before, is durable. */
    public void identify(UnaryOperator<Identity> change, Runnable durable) {
        loop.assertInLoop();
        Identity next = change.apply(identity);
        identityChanged |= !next.equals(identity);
        identity = next;
        waiting.add(durable);
        schedule();
    }

    private void enqueue(String taskId, Optional<LocalTask> task, Runnable durable) {
        loop.assertInLoop();
        changed.put(taskId, task);
        waiting.add(durable);
        schedule();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            // Not at once: what else changes in this turn of the loop goes along.
            loop.execute(this::write);
        }
    }

    private void write() {
        TreeMap<String, Optional<LocalTask>> writing = new TreeMap<>(changed);
        List<Runnable> told = waiting;
        boolean withIdentity = identityChanged;
        Changes changes = new Changes(
                withIdentity ? Optional.of(identity) : Optional.empty(),
                writing.values().stream().flatMap(Optional::stream).toList(),
                writing.entrySet().stream()
                        .filter(e -> e.getValue().isEmpty())
                        .map(Map.Entry::getKey)
                        .toList());
        changed.clear();
        waiting = new ArrayList<>();
        identityChanged = false;
        effects.run(
                loop,
                () -> {
                    ledger.write(changes);
                    return true;
                },
                outcome -> {
                    switch (outcome) {
                        case Outcome.Done<Boolean> done -> written(told);
                        case Outcome.Failed<Boolean> failed -> {
                            writing.forEach(changed::putIfAbsent);
                            identityChanged |= withIdentity;
                            told.addAll(waiting);
                            waiting = told;
                            retry(failed.cause());
                        }
                    }
                });
    }

    private void written(List<Runnable> told) {
        if (!healthy) {
            healthy = true;
            LOG.atInfo().log("ledger writes again");
        }
        scheduled = !waiting.isEmpty();
        if (scheduled) {
            write();
        }
        told.forEach(Runnable::run);
    }

    private void retry(Exception cause) {
        if (healthy) {
            healthy = false;
            LOG.atError()
                    .addKeyValue("cause", cause)
                    .log(
                            "ledger cannot be written: no new task starts until it can; see to the disk of the data directory");
        }
        loop.after(RETRY, this::write);
    }
}
