package dev.staithe.agent.model;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.PortMapping;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a task takes of this host, counted as the control plane counts it, by ECS's rules: cpu is the task's, else the sum of
 * its containers'; memory is the task's, else the sum of each container's memoryReservation, or memory where there is none;
 * ports are the fixed ones.
 *
 * @param cpu units, 1024 a core
 * @param memory MiB
 * @param ports fixed host ports, "80/tcp"
 * @param gpus ids of whole GPUs
 */
public record TaskDemand(long cpu, long memory, SortedSet<String> ports, SortedSet<String> gpus) {
    public TaskDemand {
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
        gpus = Collections.unmodifiableSortedSet(new TreeSet<>(gpus));
    }

    /**
     * What this task takes.
     *
     * @throws IllegalArgumentException when cpu or memory of the task is no size
     */
    public static TaskDemand of(AssignedTask task) {
        long cpu = 0;
        long memory = 0;
        TreeSet<String> ports = new TreeSet<>();
        for (ContainerDefinition container : task.definition().getContainerDefinitionsList()) {
            ContainerOverride own = task.overrides().getContainerOverridesList().stream()
                    .filter(o -> o.getName().equals(container.getName()))
                    .findFirst()
                    .orElse(ContainerOverride.getDefaultInstance());
            cpu += own.hasCpu() ? own.getCpu() : container.getCpu();
            memory += memory(container, own);
            for (PortMapping port : container.getPortMappingsList()) {
                int fixed = task.definition().getNetworkMode().equals("host")
                        ? port.getContainerPort()
                        : port.getHostPort();
                if (fixed > 0) {
                    ports.add(port(fixed, port.getProtocol()));
                }
            }
        }
        String taskCpu = task.overrides().getCpu().isEmpty()
                ? task.definition().getCpu()
                : task.overrides().getCpu();
        String taskMemory = task.overrides().getMemory().isEmpty()
                ? task.definition().getMemory()
                : task.overrides().getMemory();
        TreeSet<String> gpus = new TreeSet<>();
        task.gpus().values().forEach(gpus::addAll);
        return new TaskDemand(
                taskCpu.isEmpty() ? cpu : Sizes.cpu(taskCpu),
                taskMemory.isEmpty() ? memory : Sizes.memory(taskMemory),
                ports,
                gpus);
    }

    /** "80/tcp". */
    public static String port(int number, String protocol) {
        return number + "/" + (protocol.equals("udp") ? "udp" : "tcp");
    }

    private static long memory(ContainerDefinition container, ContainerOverride own) {
        if (own.hasMemoryReservation() || container.hasMemoryReservation()) {
            return own.hasMemoryReservation() ? own.getMemoryReservation() : container.getMemoryReservation();
        }
        return own.hasMemory() ? own.getMemory() : container.getMemory();
    }
}
