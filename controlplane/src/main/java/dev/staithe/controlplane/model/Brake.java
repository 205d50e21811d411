package dev.staithe.controlplane.model;

/**
 * That the tasks of hosts which fell silent together are not given up: when so many vanish at once, the fault is probably
 * ours.
 *
 * @param sinceMillis by the leader's wall clock, for people
 * @param silent how many hosts were silent when it was put on
 * @param hosts of how many
 * @param releases the cluster's releases when it was put on: once the cluster has more, it is off
 */
public record Brake(String cluster, long sinceMillis, int silent, int hosts, long releases) {
    /** Whether nobody released it since. */
    public boolean on(Cluster of) {
        return of.brakeReleases() <= releases;
    }
}
