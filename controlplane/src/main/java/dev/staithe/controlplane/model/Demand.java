package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a task takes of a host, from its placement until it is STOPPED.
 *
 * <p>Rules of ECS: cpu is the task's, else the sum of its containers'; memory is the task's, else the sum of each
 * container's memoryReservation, or memory where there is none. Fixed host ports are taken per protocol; dynamic ones are
 * not reserved.
 *
 * @param cpu units, 1024 a core
 * @param memory MiB
 * @param tcpPorts fixed host ports, ascending
 * @param attributes that the host must have, with these values; an empty value means any
 * @param gpus how many whole GPUs
 */
public record Demand(
        long cpu,
        long memory,
        SortedSet<Integer> tcpPorts,
        SortedSet<Integer> udpPorts,
        SortedMap<String, String> attributes,
        int gpus) {
    /** Containers get no host ports of their own then: theirs are the host's. */
    private static final String HOST_NETWORK = "host";

    public Demand {
        tcpPorts = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(tcpPorts));
        udpPorts = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(udpPorts));
        attributes = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** The demand of a task of this definition, as registered: with sizes and names that were validated. */
    public static Demand of(TaskDefinition definition) {
        return of(definition, TaskOverride.getDefaultInstance());
    }

    /** The demand with what RunTask overrides. */
    public static Demand of(TaskDefinition definition, TaskOverride override) {
        Map<String, ContainerOverride> overrides = new TreeMap<>();
        override.getContainerOverridesList().forEach(o -> overrides.put(o.getName(), o));
        long cpu = 0;
        long memory = 0;
        SortedSet<Integer> tcp = new TreeSet<>();
        SortedSet<Integer> udp = new TreeSet<>();
        int gpus = 0;
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            ContainerOverride own = overrides.get(container.getName());
            cpu += cpu(container, own);
            memory += memory(container, own);
            gpus += Gpus.wanted(container);
            for (PortMapping port : container.getPortMappingsList()) {
                int fixed = fixedPort(definition, port);
                if (fixed > 0) {
                    (port.getProtocol().equals("udp") ? udp : tcp).add(fixed);
                }
            }
        }
        String taskCpu = override.getCpu().isEmpty() ? definition.getCpu() : override.getCpu();
        String taskMemory = override.getMemory().isEmpty() ? definition.getMemory() : override.getMemory();
        return new Demand(
                taskCpu.isEmpty() ? cpu : Long.parseLong(taskCpu),
                taskMemory.isEmpty() ? memory : Long.parseLong(taskMemory),
                tcp,
                udp,
                HostAbilities.neededBy(definition),
                gpus);
    }

    private static int fixedPort(TaskDefinition definition, PortMapping port) {
        return definition.getNetworkMode().equals(HOST_NETWORK) ? port.getContainerPort() : port.getHostPort();
    }

    private static long cpu(ContainerDefinition container, @Nullable ContainerOverride own) {
        return own != null && own.hasCpu() ? own.getCpu() : container.getCpu();
    }

    private static long memory(ContainerDefinition container, @Nullable ContainerOverride own) {
        boolean reserves = (own != null && own.hasMemoryReservation()) || container.hasMemoryReservation();
        if (reserves) {
            return own != null && own.hasMemoryReservation()
                    ? own.getMemoryReservation()
                    : container.getMemoryReservation();
        }
        return own != null && own.hasMemory() ? own.getMemory() : container.getMemory();
    }
}
