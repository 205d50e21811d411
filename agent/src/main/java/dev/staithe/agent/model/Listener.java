package dev.staithe.agent.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A container that takes TCP connections from outside.
 *
 * @param id the engine's
 * @param ports on which it listens, in its own network
 * @param hostPorts under which the host publishes them; in the host's network the same
 */
public record Listener(String id, SortedSet<Integer> ports, SortedSet<Integer> hostPorts) {
    public Listener {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
        hostPorts = Collections.unmodifiableSortedSet(new TreeSet<>(hostPorts));
    }
}
