package dev.staithe.controlplane.store.etcd;

import java.time.Duration;
import java.util.List;

/**
 * How to reach etcd.
 *
 * @param endpoints HOST:PORT of the members, at least one
 * @param callTimeout how long a call may take before it has failed; a commit's outcome is unknown then
 */
public record EtcdOptions(List<String> endpoints, Duration callTimeout) {
    private static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(5);

    public EtcdOptions {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints: none (expected: HOST:PORT of at least one etcd member)");
        }
        endpoints.forEach(Endpoint::parse);
        if (callTimeout.isNegative() || callTimeout.isZero()) {
            throw new IllegalArgumentException("callTimeout: " + callTimeout + " (expected: more than zero)");
        }
    }

    public EtcdOptions(List<String> endpoints) {
        this(endpoints, DEFAULT_CALL_TIMEOUT);
    }
}
