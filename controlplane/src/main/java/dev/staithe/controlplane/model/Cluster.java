package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.Tag;
import java.util.List;

/** A name under which container instances, services and tasks are grouped. */
public record Cluster(String name, long createdAtMillis, List<Tag> tags, long brakeReleases) {
    public Cluster {
        tags = List.copyOf(tags);
    }

    /** With these tags. */
    public Cluster tagged(List<Tag> wanted) {
        return new Cluster(name, createdAtMillis, wanted, brakeReleases);
    }
}
