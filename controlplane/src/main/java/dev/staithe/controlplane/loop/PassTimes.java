package dev.staithe.controlplane.loop;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how long passes take. A slow one is counted and logged; a leader of which one takes far too long resigns, while
 * others may be faster. Confined to the control loop.
 */
final class PassTimes {
    private static final Logger LOG = LoggerFactory.getLogger(PassTimes.class);

    static final Duration SLOW = Duration.ofSeconds(1);
    static final Duration HOPELESS = Duration.ofSeconds(10);

    private final Runnable resign;
    private long slow;

    /** @param resign gives the leadership up */
    PassTimes(Runnable resign) {
        this.resign = resign;
    }

    /** A pass took that long. */
    void took(long nanos) {
        if (nanos < SLOW.toNanos()) {
            return;
        }
        slow++;
        boolean hopeless = nanos >= HOPELESS.toNanos();
        LOG.atWarn()
                .addKeyValue("millis", nanos / 1_000_000)
                .addKeyValue("slowPasses", slow)
                .log(hopeless ? "a pass took far too long: this leader resigns" : "a pass was slow");
        if (hopeless) {
            resign.run();
        }
    }

    /** Passes that were slow, since this replica started. */
    long slow() {
        return slow;
    }
}
