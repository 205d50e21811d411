package dev.staithe.controlplane.leader;

import dev.staithe.runtime.Randomness;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long to wait after the store failed us, and that it is said once for each outage. Confined to the loop. */
final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    private static final Duration FIRST = Duration.ofMillis(200);

    private final String node;
    private final Duration longest;
    private final Randomness randomness;
    private int failures;

    Patience(String node, Duration longest, Randomness randomness) {
        this.node = node;
        this.longest = longest;
        this.randomness = randomness;
    }

    /** How long to wait before the next try: twice as long after each failure, up to the longest. */
    Duration failed(String what, String cause) {
        if (failures == 0) {
            LOG.atWarn().addKeyValue("node", node).addKeyValue("cause", cause).log(what);
        }
        Duration wait = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return randomness.jitter(wait.compareTo(longest) < 0 ? wait : longest, 0.2);
    }

    /** The store answered. */
    void answered() {
        failures = 0;
    }
}
