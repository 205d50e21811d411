package dev.staithe.agent.host;

import dev.staithe.agent.container.EngineInfo;
import dev.staithe.proto.agent.v1.HostFacts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What the host offers to tasks: what the engine says it has, less what the operator keeps back. Pure.
 *
 * @param hostName for people
 * @param address where published ports answer
 * @param reservedCpu CPU units kept back
 * @param reservedMemory MiB kept back
 * @param reservedPorts kept back besides the host's own
 * @param attributes custom ones
 * @param gpus ids of the GPUs that tasks may have
 * @param abilities attributes for what the operator lets tasks do
 */
public record HostCapacity(
        String hostName,
        String address,
        int reservedCpu,
        int reservedMemory,
        List<Integer> reservedPorts,
        Map<String, String> attributes,
        List<String> gpus,
        List<String> abilities) {
    private static final int UNITS_OF_A_CORE = 1024;
    /** New connections to the ports of tasks that are to stop are refused here. */
    private static final String CONNECTION_DRAINING = "staithe.capability.connection-draining";

    private static final long MEBIBYTE = 1024 * 1024;

    /** SSH, and the ports on which container engines listen; as in ECS. */
    private static final List<Integer> HOST_PORTS = List.of(22, 2375, 2376);

    public HostCapacity {
        reservedPorts = List.copyOf(reservedPorts);
        attributes = Map.copyOf(attributes);
        gpus = List.copyOf(gpus);
        abilities = List.copyOf(abilities);
    }

    /**
     * What the control plane is told of the host.
     *
     * @param refuses whether connections can be refused on it
     */
    public HostFacts facts(EngineInfo engine, String agentVersion, boolean refuses) {
        TreeSet<Integer> ports = new TreeSet<>(HOST_PORTS);
        ports.addAll(reservedPorts);
        HostFacts.Builder facts = HostFacts.newBuilder()
                .setHostName(hostName)
                .setAddress(address)
                .setCpuUnits(Math.max(0, (long) engine.cpus() * UNITS_OF_A_CORE - reservedCpu))
                .setMemoryMib(Math.max(0, engine.memoryBytes() / MEBIBYTE - reservedMemory))
                .addAllReservedTcpPorts(ports)
                .addAllReservedUdpPorts(reservedPorts)
                .putAttributes("ecs.os-type", "linux")
                .putAttributes("ecs.os-family", "LINUX")
                .putAttributes("ecs.cpu-architecture", architecture(engine.architecture()))
                .putAttributes("ecs.docker-version", engine.version())
                .putAttributes("ecs.docker-api-version", engine.apiVersion())
                .putAttributes("ecs.kernel-version", engine.kernelVersion())
                .addAllGpuIds(gpus)
                .setAgentVersion(agentVersion)
                .setDockerVersion(engine.version());
        engine.logDrivers().forEach(driver -> facts.putAttributes("ecs.capability.logging-driver." + driver, ""));
        if (refuses) {
            facts.putAttributes(CONNECTION_DRAINING, "");
        }
        abilities.forEach(ability -> facts.putAttributes(ability, ""));
        if (engine.taskGroups()) {
            facts.putAttributes("staithe.capability.task-cgroup", "");
        }
        attributes.forEach(facts::putAttributes);
        return facts.build();
    }

    /** In ECS's words: x86_64, arm64. */
    private static String architecture(String kernel) {
        return switch (kernel.toLowerCase(Locale.ROOT)) {
            case "x86_64", "amd64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> kernel;
        };
    }
}
