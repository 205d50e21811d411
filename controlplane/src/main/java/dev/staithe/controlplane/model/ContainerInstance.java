package dev.staithe.controlplane.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A host with an agent, as it registered.
 *
 * @param cpu units that tasks may take, 1024 a core
 * @param memory MiB that tasks may take
 * @param reservedTcpPorts host ports that tasks may not have
 * @param agentConnected as last stored: false from the moment its session was given up
 * @param engineHealthy as last stored: its container engine answers
 * @param version grows with every stored change
 */
public record ContainerInstance(
        String id,
        String cluster,
        String hostName,
        String address,
        long cpu,
        long memory,
        SortedSet<Integer> reservedTcpPorts,
        SortedSet<Integer> reservedUdpPorts,
        SortedMap<String, String> attributes,
        String agentVersion,
        String dockerVersion,
        long incarnation,
        String bootId,
        long registeredAtMillis,
        Status status,
        boolean agentConnected,
        boolean engineHealthy,
        long version) {
    public ContainerInstance {
        reservedTcpPorts = Collections.unmodifiableSortedSet(new TreeSet<>(reservedTcpPorts));
        reservedUdpPorts = Collections.unmodifiableSortedSet(new TreeSet<>(reservedUdpPorts));
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** Whether an operator lets tasks be placed on it. */
    public enum Status {
        ACTIVE,
        DRAINING,
        INACTIVE
    }

    /** The instance with these facts of its connection. */
    public ContainerInstance connected(boolean agent, boolean engine) {
        return new ContainerInstance(
                id,
                cluster,
                hostName,
                address,
                cpu,
                memory,
                reservedTcpPorts,
                reservedUdpPorts,
                attributes,
                agentVersion,
                dockerVersion,
                incarnation,
                bootId,
                registeredAtMillis,
                status,
                agent,
                engine,
                version + 1);
    }
}
