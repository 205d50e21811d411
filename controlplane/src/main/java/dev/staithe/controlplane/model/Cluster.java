package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.Tag;
import java.util.List;

/**
 * A name under which container instances, services and tasks are grouped.
 *
 * @param brakeReleases how often somebody released the {@link Brake} on replacing the tasks of lost hosts
 */
public record Cluster(String name, long createdAtMillis, List<Tag> tags, long brakeReleases) {
    public Cluster {
        tags = List.copyOf(tags);
    }

    /** With these tags. */
    public Cluster tagged(List<Tag> wanted) {
        return new Cluster(name, createdAtMillis, wanted, brakeReleases);
    }

    /** The cluster, with its brake released once more. */
    public Cluster brakeReleased() {
        return new Cluster(name, createdAtMillis, tags, brakeReleases + 1);
    }
}
