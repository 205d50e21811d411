package dev.staithe.controlplane.model;

/** Names one revision of a family. */
public record TaskDefinitionRef(String family, int revision) implements Comparable<TaskDefinitionRef> {
    @Override
    public int compareTo(TaskDefinitionRef other) {
        int byFamily = family.compareTo(other.family);
        return byFamily != 0 ? byFamily : Integer.compare(revision, other.revision);
    }

    /** family:revision */
    @Override
    public String toString() {
        return family + ":" + revision;
    }
}
