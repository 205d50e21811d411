package dev.staithe.agent.container.docker;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Events that calls of this agent's own cause. Whoever calls looks at the container afterwards: a second look for the event
 * would only keep the engine busy.
 *
 * <p>Each event is awaited once, from the call on, and may come after the answer. What is awaited in vain is given up when the
 * call fails, when something else happens to the container, and when the stream of events begins anew. Called from any thread.
 */
final class OwnEvents {
    /** After it nothing comes: one that had ended before it was removed does not die any more. */
    private static final String LAST = "destroy";

    /** Container to the actions that are awaited. */
    private final ConcurrentHashMap<String, Set<String>> awaited = new ConcurrentHashMap<>();

    /** A call is about to be made that causes these. */
    void await(String id, String... actions) {
        awaited.put(id, Set.of(actions));
    }

    /** The call had no effect, or an unknown one. */
    void giveUp(String id) {
        awaited.remove(id);
    }

    /** The stream begins anew: what happened before may not be told any more. */
    void giveUpAll() {
        awaited.clear();
    }

    /** An event came; whether a call explains it. */
    boolean explains(String id, String action) {
        boolean[] explained = {false};
        awaited.computeIfPresent(id, (key, actions) -> {
            explained[0] = actions.contains(action);
            TreeSet<String> left = new TreeSet<>(explained[0] ? actions : Set.of());
            left.remove(action);
            return left.isEmpty() || action.equals(LAST) ? null : left;
        });
        return explained[0];
    }
}
