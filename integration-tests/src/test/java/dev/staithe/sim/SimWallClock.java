package dev.staithe.sim;

import java.time.Duration;
import java.time.Instant;

/** A machine's wall clock: wrong by some minutes, and by others after it was set. */
final class SimWallClock {
    private final SimScheduler scheduler;
    private Duration skew;

    SimWallClock(SimScheduler scheduler, SimRandom random) {
        this.scheduler = scheduler;
        this.skew = random.between(Duration.ofMinutes(-4), Duration.ofMinutes(4));
    }

    Instant now() {
        return SimEnvironment.BEGINNING.plusNanos(scheduler.nanos()).plus(skew);
    }

    /** Somebody sets the clock. */
    void jump(Duration by) {
        skew = skew.plus(by);
    }
}
