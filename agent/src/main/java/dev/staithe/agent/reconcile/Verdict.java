package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.LocalTask;
import java.util.List;

/**
 * What follows from what is wanted and what is seen.
 *
 * @param task what is true now
 * @param steps what to do next, at most one for each container; none when all is as it should be
 */
public record Verdict(LocalTask task, List<Step> steps) {
    public Verdict {
        steps = List.copyOf(steps);
    }
}
