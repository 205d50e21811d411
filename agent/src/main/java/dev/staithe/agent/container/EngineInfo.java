package dev.staithe.agent.container;

import java.util.List;

/**
 * What the engine says of itself and its host.
 *
 * @param version the engine's release, "20.10.24"
 * @param apiVersion the API version in use, "1.41"
 * @param architecture of the kernel, as the engine names it: "x86_64", "aarch64"
 * @param osType "linux"
 * @param operatingSystem "Debian GNU/Linux 12 (bookworm)"
 * @param cpus processors the engine may use
 * @param memoryBytes memory of the host
 * @param logDrivers the log drivers it offers
 * @param taskGroups whether a task can have limits as a whole, besides those of its containers
 */
public record EngineInfo(
        String version,
        String apiVersion,
        String architecture,
        String osType,
        String operatingSystem,
        String kernelVersion,
        int cpus,
        long memoryBytes,
        List<String> logDrivers,
        boolean taskGroups) {
    public EngineInfo {
        logDrivers = List.copyOf(logDrivers);
    }
}
