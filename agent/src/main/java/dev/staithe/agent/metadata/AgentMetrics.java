package dev.staithe.agent.metadata;

import dev.staithe.agent.metadata.HostEndpoints.Sources;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.proto.v1.ContainerStats;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The agent's metrics in the text form of Prometheus. Confined to the agent's loop. */
final class AgentMetrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String SERVICE_GROUP = "service:";
    private static final double NANOS = 1e9;

    private final Sources sources;

    AgentMetrics(Sources sources) {
        this.sources = sources;
    }

    /** @param figures what the containers that run use */
    String text(List<ContainerStats> figures) {
        MetricsText text = new MetricsText();
        agent(text);
        containers(text, figures);
        return text.toString();
    }

    private void agent(MetricsText text) {
        AgentHealth health = sources.health();
        text.gauge("staithe_agent_info", "The agent.")
                .sample(
                        1,
                        "version",
                        health.version(),
                        "cluster",
                        health.cluster(),
                        "instance_id",
                        health.instanceId());
        flag(text, "staithe_agent_connected", "Whether a session with a control plane stands.", health.connected());
        flag(text, "staithe_agent_engine_up", "Whether the container engine answers.", health.engineAnswers());
        flag(text, "staithe_agent_ledger_up", "Whether the ledger can be written.", health.ledgerWrites());
        TreeMap<Status, Integer> tasks = new TreeMap<>();
        for (Status status : Status.values()) {
            tasks.put(status, 0);
        }
        sources.tasks().tasks().forEach(task -> tasks.merge(task.status(), 1, Integer::sum));
        text.gauge("staithe_agent_tasks", "Tasks that this host holds, by status.");
        tasks.forEach((status, count) -> text.sample(count, "status", status.name()));
        Runtime process = Runtime.getRuntime();
        text.gauge("staithe_agent_heap_bytes", "Heap in use by the agent.")
                .sample((double) (process.totalMemory() - process.freeMemory()));
    }

    private static void flag(MetricsText text, String name, String help, boolean value) {
        text.gauge(name, help).sample(value ? 1 : 0);
    }

    private void containers(MetricsText text, List<ContainerStats> figures) {
        each(
                text.counter("staithe_container_cpu_seconds_total", "Processor time."),
                figures,
                f -> f.getCpuNs() / NANOS);
        each(
                text.gauge("staithe_container_memory_bytes", "Memory, without what the kernel can give back at once."),
                figures,
                ContainerStats::getMemoryBytes);
        each(
                text.gauge("staithe_container_memory_limit_bytes", "Limit of memory; 0 = none."),
                figures,
                ContainerStats::getMemoryLimitBytes);
        each(
                text.counter("staithe_container_network_receive_bytes_total", "Bytes received."),
                figures,
                ContainerStats::getNetworkReceivedBytes);
        each(
                text.counter("staithe_container_network_transmit_bytes_total", "Bytes sent."),
                figures,
                ContainerStats::getNetworkSentBytes);
        each(
                text.counter("staithe_container_block_read_bytes_total", "Bytes read from block devices."),
                figures,
                ContainerStats::getBlockReadBytes);
        each(
                text.counter("staithe_container_block_written_bytes_total", "Bytes written to block devices."),
                figures,
                ContainerStats::getBlockWrittenBytes);
        each(
                text.gauge("staithe_container_processes", "Processes and threads."),
                figures,
                ContainerStats::getProcesses);
    }

    private void each(MetricsText text, List<ContainerStats> figures, ToDoubleFunction<ContainerStats> value) {
        for (ContainerStats figure : figures) {
            Optional<AssignedTask> task =
                    sources.tasks().task(figure.getTaskId()).flatMap(held -> Optional.ofNullable(held.assignment()));
            text.sample(
                    value.applyAsDouble(figure),
                    "cluster",
                    task.map(AssignedTask::cluster).orElse(sources.health().cluster()),
                    "service",
                    task.map(AssignedTask::group)
                            .filter(group -> group.startsWith(SERVICE_GROUP))
                            .map(group -> group.substring(SERVICE_GROUP.length()))
                            .orElse(""),
                    "task",
                    figure.getTaskId(),
                    "container",
                    figure.getContainer());
        }
    }
}
