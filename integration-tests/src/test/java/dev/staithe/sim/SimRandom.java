package dev.staithe.sim;

import dev.staithe.runtime.Randomness;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One stream of chance. Every purpose has a stream of its own, made from the seed and the purpose's name, so that one more
 * throw in one place changes nothing in another.
 */
final class SimRandom implements Randomness {
    private final SplittableRandom random;

    SimRandom(long seed, String purpose) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    @Override
    public double nextDouble() {
        return random.nextDouble();
    }

    /** Uniform in [from, to]. */
    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    /** Uniform in [from, to]. */
    Duration between(Duration from, Duration to) {
        return Duration.ofNanos(from.toNanos() + (long) (random.nextDouble() * (to.toNanos() - from.toNanos())));
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
