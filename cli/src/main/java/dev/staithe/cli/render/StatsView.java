package dev.staithe.cli.render;

import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.SilentHost;
import dev.staithe.proto.v1.TaskStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What tasks use, for people: who uses most of the processors comes first. */
public final class StatsView {
    private static final String SERVICE_GROUP = "service:";
    private static final String FAMILY_GROUP = "family:";
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private StatsView() {}

    /**
     * One line for each task.
     *
     * @param containers whether each task's containers follow, indented
     */
    public static String table(GetStatsResponse seen, boolean containers) {
        Table table = new Table(
                "OF",
                containers ? "TASK / CONTAINER" : "TASK",
                "HOST",
                "CPU",
                "MEMORY",
                "NET IN",
                "NET OUT",
                "READ",
                "WRITTEN",
                "PIDS");
        for (TaskStats task : sorted(seen.getTasksList())) {
            Sum sum = Sum.of(task.getContainersList());
            table.row(cells(of(task), Words.shortId(task.getTaskId()), task.getHostName(), sum));
            if (containers) {
                for (ContainerStats container : task.getContainersList()) {
                    table.row(cells("", container.getContainer(), "", Sum.of(List.of(container))));
                }
            }
        }
        String silent =
                seen.getSilentHostsList().stream().map(StatsView::silent).collect(Collectors.joining("\n"));
        String shown = table.orElse(silent.isEmpty() ? "no tasks run" : "");
        return silent.isEmpty() ? shown : (shown.isEmpty() ? silent : shown + "\n\n" + silent);
    }

    private static String silent(SilentHost host) {
        String name = host.getHostName().isEmpty() ? Words.shortId(host.getContainerInstance()) : host.getHostName();
        return Page.cut("not shown: tasks on " + name + ": " + Words.withoutIds(host.getReason()));
    }

    private static List<TaskStats> sorted(List<TaskStats> tasks) {
        List<TaskStats> sorted = new ArrayList<>(tasks);
        sorted.sort(Comparator.comparingDouble(
                        (TaskStats task) -> Sum.of(task.getContainersList()).cpu())
                .thenComparingLong(task -> Sum.of(task.getContainersList()).memory())
                .reversed()
                .thenComparing(TaskStats::getTaskId));
        return sorted;
    }

    private static Object[] cells(String of, String name, String host, Sum sum) {
        return new Object[] {
            of,
            name,
            host,
            String.format(Locale.ROOT, "%.1f%%", sum.cpu()),
            size(sum.memory()) + (sum.limit() > 0 ? "/" + size(sum.limit()) : ""),
            size(sum.received()),
            size(sum.sent()),
            size(sum.read()),
            size(sum.written()),
            sum.processes()
        };
    }

    private static String of(TaskStats task) {
        String group = task.getGroup();
        if (group.startsWith(SERVICE_GROUP)) {
            return group.substring(SERVICE_GROUP.length());
        }
        return group.startsWith(FAMILY_GROUP) ? task.getTaskDefinition() : group;
    }

    /** Three digits that count: "812 B", "12.3 MiB", "512 MiB". */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || value >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** What several containers use together; limits add up only where each has one. */
    private record Sum(
            double cpu, long memory, long limit, long received, long sent, long read, long written, long processes) {
        static Sum of(List<ContainerStats> containers) {
            boolean limited = containers.stream().allMatch(c -> c.getMemoryLimitBytes() > 0);
            Sum sum = new Sum(0, 0, 0, 0, 0, 0, 0, 0);
            for (ContainerStats each : containers) {
                sum = new Sum(
                        sum.cpu + each.getCpuPercent(),
                        sum.memory + each.getMemoryBytes(),
                        limited ? sum.limit + each.getMemoryLimitBytes() : 0,
                        sum.received + each.getNetworkReceivedBytes(),
                        sum.sent + each.getNetworkSentBytes(),
                        sum.read + each.getBlockReadBytes(),
                        sum.written + each.getBlockWrittenBytes(),
                        sum.processes + each.getProcesses());
            }
            return sum;
        }
    }
}
