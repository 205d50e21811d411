package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.Tag;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What operators want of a host, beside what its agent says of it.
 *
 * @param deregisteredIncarnation the newest incarnation of its agent that is out of the cluster; 0 = none. An agent that is
 *     started again later registers anew
 * @param attributes custom ones; they hide those of the agent that have the same name
 */
public record HostWish(
        boolean draining, long deregisteredIncarnation, SortedMap<String, String> attributes, List<Tag> tags) {
    public static final HostWish NONE = new HostWish(false, 0, new TreeMap<>(), List.of());

    public HostWish {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        tags = List.copyOf(tags);
    }

    public HostWish drain(boolean wanted) {
        return new HostWish(wanted, deregisteredIncarnation, attributes, tags);
    }

    /** Whoever registers the host anew does not want it drained. */
    public HostWish deregister(long incarnation) {
        return new HostWish(false, incarnation, attributes, tags);
    }

    public HostWish attributes(SortedMap<String, String> wanted) {
        return new HostWish(draining, deregisteredIncarnation, wanted, tags);
    }

    public HostWish tags(List<Tag> wanted) {
        return new HostWish(draining, deregisteredIncarnation, attributes, wanted);
    }
}
