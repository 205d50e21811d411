package dev.staithe.controlplane.store.local;

import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compacts in the background, one short step after the other, so that no commit waits for more than one of them. */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    /** Removes some of what is superseded up to the target; answers whether the target is reached. */
    @FunctionalInterface
    interface Step {
        boolean compact(long target) throws Exception;
    }

    private final Environment environment;
    private final EventLoop loop;
    private final Step step;
    private final AtomicBoolean running = new AtomicBoolean();

    Compaction(Environment environment, EventLoop loop, Step step) {
        this.environment = environment;
        this.loop = loop;
        this.step = step;
    }

    /** Compacts up to the target, unless a compaction is under way. Answers at once. */
    void start(long target) {
        if (running.compareAndSet(false, true)) {
            next(target);
        }
    }

    private void next(long target) {
        environment.effects().run(loop, () -> step.compact(target), outcome -> {
            switch (outcome) {
                case Outcome.Done<Boolean> done -> {
                    if (done.value()) {
                        running.set(false);
                    } else {
                        next(target);
                    }
                }
                case Outcome.Failed<Boolean> failed -> {
                    LOG.atWarn()
                            .addKeyValue("cause", failed.cause().getMessage())
                            .log("compaction put off");
                    running.set(false);
                }
            }
        });
    }
}
