package dev.staithe.agent.stats;

/**
 * What a container has used since it started, and what it holds now, at one look.
 *
 * @param cpuNanos of processor time, of all processors together
 * @param memoryBytes without what the kernel can give back at once, as Docker shows it
 * @param memoryLimitBytes 0 = none
 * @param receivedBytes of its own network; 0 in the host's
 */
public record Usage(
        long cpuNanos,
        long memoryBytes,
        long memoryLimitBytes,
        long receivedBytes,
        long sentBytes,
        long blockReadBytes,
        long blockWrittenBytes,
        int processes) {}
