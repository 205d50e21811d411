package dev.staithe.agent.metadata;

import dev.staithe.runtime.Time;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often somebody may ask: forty times a second, sixty at once, as in ECS. May be called from any thread. */
final class RateLimit {
    private static final double PER_SECOND = 40;
    private static final double AT_ONCE = 60;
    private static final double NANOS = 1e9;

    /** Whoever has not asked for as long as it takes to be allowed everything again need not be remembered. */
    private static final long FORGET_NANOS = (long) (AT_ONCE / PER_SECOND * NANOS);

    private static final int MOST = 4096;

    private final Time time;
    private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();

    private record Allowance(double left, long at, boolean granted) {}

    RateLimit(Time time) {
        this.time = time;
    }

    /** Whether this one may ask now; if so, it has. */
    boolean allows(String who) {
        long now = time.nanos();
        if (allowances.size() >= MOST) {
            allowances.values().removeIf(a -> now - a.at() > FORGET_NANOS);
        }
        return allowances
                .compute(who, (key, before) -> spend(before == null ? new Allowance(AT_ONCE, now, true) : before, now))
                .granted();
    }

    private static Allowance spend(Allowance before, long now) {
        double left = Math.min(AT_ONCE, before.left() + (now - before.at()) / NANOS * PER_SECOND);
        return left >= 1 ? new Allowance(left - 1, now, true) : new Allowance(left, now, false);
    }
}
