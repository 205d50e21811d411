package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.TaskDefinitionRef;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** One change that a plan supposes; validated, and about things that there are. */
public sealed interface Supposition {
    /**
     * Hosts that join, empty and connected.
     *
     * @param cpu units, of each
     * @param memory MiB, of each
     * @param attributes beside those that all hosts of the cluster share
     */
    record HostsAdded(int count, long cpu, long memory, SortedMap<String, String> attributes) implements Supposition {
        public HostsAdded {
            attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        }
    }

    /** A host that operators want drained. */
    record Drained(String instanceId) implements Supposition {}

    /** A host of which nothing is heard any more, for long enough that its tasks are given up. */
    record Lost(String instanceId) implements Supposition {}

    /** A service that is wanted otherwise; what is empty stays as it is. */
    record ServiceChanged(String cluster, String name, OptionalInt desiredCount, Optional<TaskDefinitionRef> definition)
            implements Supposition {}
}
