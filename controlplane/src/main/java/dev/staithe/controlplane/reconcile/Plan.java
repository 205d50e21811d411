package dev.staithe.controlplane.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one planner wants.
 *
 * @param decisions in the order in which they matter: when a budget cuts, it cuts from the end
 * @param wakeAtNanos when to plan again although nothing changed, by the monotonic clock
 */
public record Plan(List<Decision> decisions, OptionalLong wakeAtNanos) {
    public static final Plan NOTHING = new Plan(List.of(), OptionalLong.empty());

    public Plan {
        decisions = List.copyOf(decisions);
    }

    /** Both plans, and the earlier of their times. */
    public Plan and(Plan other) {
        List<Decision> all = new ArrayList<>(decisions);
        all.addAll(other.decisions);
        return new Plan(all, earlier(wakeAtNanos, other.wakeAtNanos));
    }

    /** The earlier of two times of which each may be absent. */
    static OptionalLong earlier(OptionalLong a, OptionalLong b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        return OptionalLong.of(Math.min(a.getAsLong(), b.getAsLong()));
    }
}
