package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import java.util.Collections;
import java.util.SortedMap;

/**
 * Where a container finds the endpoints that its host has for it. Pure: the same container is always told the same, also by the
 * agent that follows after a crash.
 */
@FunctionalInterface
public interface TaskEndpoints {
    /** A host that has none. */
    TaskEndpoints NONE = (task, container) -> Collections.emptySortedMap();

    /** The variables of its environment that say so. */
    SortedMap<String, String> variables(AssignedTask task, String container);
}
