package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.Sizes;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.LinuxParameters;
import dev.staithe.proto.v1.TaskDefinition;

/**
 * cpu, memory, memoryReservation, maxSwap and swappiness of the container; cpu and memory of the task.
 *
 * <p>A container's cpu is a weight. A task's cpu and memory are ceilings, put on each of its containers: none of them gets
 * more than the task may have.
 */
final class ResourceMapper implements ContainerMapper {
    private static final int LEAST_SHARES = 2;
    private static final int MOST_SHARES = 262_144;
    private static final long MIB = 1 << 20;

    /** Docker refuses less. */
    private static final long LEAST_MIB = 6;

    private static final long UNITS_PER_CPU = 1024;

    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        ContainerDefinition container = request.container();
        TaskDefinition task = request.taskDefinition();
        draft.host().withCpuShares(Math.clamp(container.getCpu(), LEAST_SHARES, MOST_SHARES));
        if (!task.getCpu().isEmpty()) {
            draft.host().withNanoCPUs(Sizes.cpu(task.getCpu()) * 1_000_000_000 / UNITS_PER_CPU);
        }
        long memory = 0;
        if (container.getMemory() > 0) {
            memory = bytes(container.getMemory());
        } else if (!task.getMemory().isEmpty()) {
            memory = bytes(Sizes.memory(task.getMemory()));
        }
        if (memory > 0) {
            draft.host().withMemory(memory);
        }
        swap(container.getLinuxParameters(), memory, draft);
        if (container.getMemoryReservation() > 0) {
            draft.host().withMemoryReservation(bytes(container.getMemoryReservation()));
        }
    }

    /** ECS counts swap alone, engines memory and swap together. Where the host does not account for swap, the engine says so. */
    private static void swap(LinuxParameters linux, long memory, ContainerDraft draft) {
        if (linux.hasMaxSwap()) {
            if (memory == 0) {
                throw new IllegalArgumentException(
                        "linuxParameters.maxSwap: " + linux.getMaxSwap() + " (expected: only with memory)");
            }
            draft.host().withMemorySwap(memory + linux.getMaxSwap() * MIB);
        }
        if (linux.hasSwappiness()) {
            draft.host().withMemorySwappiness((long) linux.getSwappiness());
        }
    }

    private static long bytes(long mib) {
        return Math.max(LEAST_MIB, mib) * MIB;
    }
}
