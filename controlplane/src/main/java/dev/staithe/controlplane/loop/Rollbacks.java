package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Rollouts;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.reconcile.Decision;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has services brought back to what worked, when the circuit breaker gave their deployment up. What users want is not the
 * leader's to write: it is asked for as a user would ask, guarded by the generation that failed.
 *
 * <p>Keeps only which services it asks for at the moment. An attempt that fails is not repeated here: as long as the service
 * was not brought back, its planner decides so again, also on the next leader. Confined to the control loop.
 */
final class Rollbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Rollbacks.class);

    private final Effects effects;
    private final EventLoop loop;
    private final Rollouts rollouts;
    private final SortedSet<String> asked = new TreeSet<>();

    Rollbacks(Effects effects, EventLoop loop, Rollouts rollouts) {
        this.effects = effects;
        this.loop = loop;
        this.rollouts = rollouts;
    }

    void ask(Decision.RollBack rollback) {
        Service service = rollback.service();
        if (asked.add(service.uid())) {
            effects.run(loop, () -> rollouts.bringBack(service, rollback.target()), outcome -> {
                asked.remove(service.uid());
                if (outcome instanceof Outcome.Failed<?> failed) {
                    failed(service, failed.cause());
                }
            });
        }
    }

    private static void failed(Service service, Throwable cause) {
        if (!(cause instanceof IntentException)) {
            throw new IllegalStateException("a rollback fails with an IntentException only", cause);
        }
        LOG.atWarn()
                .addKeyValue("service", service.name())
                .addKeyValue("cluster", service.cluster())
                .addKeyValue("generation", service.generation())
                .log("cannot roll back now, trying again: {}", cause.getMessage());
    }
}
