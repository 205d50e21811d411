package dev.staithe.runtime;

import java.time.Duration;

/** The only source of randomness: seeded in the simulator, from the system elsewhere. */
public interface Randomness {
    long nextLong();

    /** Uniform in [0, bound). */
    int nextInt(int bound);

    /** Uniform in [0, 1). */
    double nextDouble();

    /** The duration, made up to the given fraction shorter or longer. */
    default Duration jitter(Duration around, double fraction) {
        double factor = 1 + fraction * (2 * nextDouble() - 1);
        return Duration.ofNanos((long) (around.toNanos() * factor));
    }
}
