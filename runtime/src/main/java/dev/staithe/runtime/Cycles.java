package dev.staithe.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Finds those that wait for each other: for who accepts a definition, and for who is to carry it out. Pure. */
public final class Cycles {
    private Cycles() {}

    /**
     * A circle, in the order in which each waits for the next, the first one named again at the end: {@code app, db, app}.
     * Empty when there is none. Of several the one that is met first in the order of the map.
     *
     * @param waits for each, what it waits for; what is no key waits for nothing
     */
    public static Optional<List<String>> find(SequencedMap<String, ? extends Collection<String>> waits) {
        Set<String> done = new LinkedHashSet<>();
        return waits.keySet().stream()
                .map(start -> follow(waits, start, new ArrayList<>(), done))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<List<String>> follow(
            SequencedMap<String, ? extends Collection<String>> waits, String at, List<String> path, Set<String> done) {
        int before = path.indexOf(at);
        if (before >= 0) {
            List<String> circle = new ArrayList<>(path.subList(before, path.size()));
            circle.add(at);
            return Optional.of(circle);
        }
        Collection<String> next = waits.get(at);
        if (next == null || done.contains(at)) {
            return Optional.empty();
        }
        path.add(at);
        for (String each : next) {
            Optional<List<String>> found = follow(waits, each, path, done);
            if (found.isPresent()) {
                return found;
            }
        }
        path.removeLast();
        done.add(at);
        return Optional.empty();
    }
}
