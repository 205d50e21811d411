package dev.staithe.controlplane.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A host with an agent, as it registered, with what operators want of it.
 *
 * @param cpu units that tasks may take, 1024 a core
 * @param memory MiB that tasks may take
 * @param reservedTcpPorts host ports that tasks may not have
 * @param registeredAttributes what its agent says: built-in ones, capabilities, and those of the agent's configuration
 * @param agentConnected as last stored: false from the moment its session was given up
 * @param engineHealthy as last stored: its container engine answers
 * @param version grows with every stored change
 * @param gpus ids of the GPUs that tasks may have
 * @param wish stored apart, by those who want it
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
        SortedMap<String, String> registeredAttributes,
        String agentVersion,
        String dockerVersion,
        long incarnation,
        String bootId,
        long registeredAtMillis,
        boolean agentConnected,
        boolean engineHealthy,
        long version,
        List<String> gpus,
        HostWish wish) {
    public ContainerInstance {
        reservedTcpPorts = Collections.unmodifiableSortedSet(new TreeSet<>(reservedTcpPorts));
        reservedUdpPorts = Collections.unmodifiableSortedSet(new TreeSet<>(reservedUdpPorts));
        registeredAttributes = Collections.unmodifiableSortedMap(new TreeMap<>(registeredAttributes));
        gpus = List.copyOf(gpus);
    }

    /** Whether operators let tasks be placed on it. */
    public enum Status {
        ACTIVE,
        DRAINING,
        /** Deregistered: out of the cluster until its agent is started again. */
        INACTIVE
    }

    public Status status() {
        if (incarnation <= wish.deregisteredIncarnation()) {
            return Status.INACTIVE;
        }
        return wish.draining() ? Status.DRAINING : Status.ACTIVE;
    }

    /** Whether new tasks may go there at all: it is ACTIVE, and its agent and its engine answer. */
    public boolean takesTasks() {
        return status() == Status.ACTIVE && agentConnected && engineHealthy;
    }

    /** Every attribute, those of operators before those of the agent. */
    public SortedMap<String, String> attributes() {
        if (wish.attributes().isEmpty()) {
            return registeredAttributes;
        }
        SortedMap<String, String> all = new TreeMap<>(registeredAttributes);
        all.putAll(wish.attributes());
        return all;
    }

    /** The value of one attribute, which may be empty; null when it has none of that name. */
    public @Nullable String attribute(String name) {
        String custom = wish.attributes().get(name);
        return custom != null ? custom : registeredAttributes.get(name);
    }

    /** The instance with these facts of its connection. */
    public ContainerInstance connected(boolean agent, boolean engine) {
        return changed(agent, engine, version + 1, wish);
    }

    /** The instance, with this wanted of it. */
    public ContainerInstance wished(HostWish wanted) {
        return changed(agentConnected, engineHealthy, version, wanted);
    }

    private ContainerInstance changed(boolean agent, boolean engine, long next, HostWish wanted) {
        return new ContainerInstance(
                id,
                cluster,
                hostName,
                address,
                cpu,
                memory,
                reservedTcpPorts,
                reservedUdpPorts,
                registeredAttributes,
                agentVersion,
                dockerVersion,
                incarnation,
                bootId,
                registeredAtMillis,
                agent,
                engine,
                next,
                gpus,
                wanted);
    }
}
