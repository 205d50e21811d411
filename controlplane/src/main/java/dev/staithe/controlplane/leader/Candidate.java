package dev.staithe.controlplane.leader;

import java.time.Duration;

/**
 * Who stands for election.
 *
 * @param nodeId differs between any two candidates
 * @param address HOST:PORT at which the candidate's API answers, for those that look for the leader
 * @param lease how long a leader that is not heard of stays leader; at least 2 s, the least that etcd grants
 */
public record Candidate(String nodeId, String address, Duration lease) {
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(2);

    public Candidate {
        if (nodeId.isBlank()) {
            throw new IllegalArgumentException("nodeId: empty (expected: a name that no other candidate has)");
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("leaderLease: " + lease + " (expected: at least 2s)");
        }
    }
}
