package dev.staithe.cli.render;

import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlanResponse;
import dev.staithe.proto.v1.PlannedAction;
import dev.staithe.proto.v1.PlannedHost;
import dev.staithe.proto.v1.PlannedShortage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the scheduler would do, for people: its steps, what would not fit, and the hosts before and after. */
public final class PlanView {
    private static final int MOST_ROWS = 40;
    private static final int MOST_HOSTS = 30;
    private static final int MOST_REASONS = 5;
    private static final int BAR = 20;

    private PlanView() {}

    /**
     * The page.
     *
     * @param supposed what was supposed, in the user's words; may be empty
     */
    public static String text(PlanResponse plan, String supposed) {
        StringBuilder text = new StringBuilder();
        Page head = new Page(2);
        head.line((supposed.isEmpty() ? "as things are" : "supposing " + supposed) + ":");
        text.append(head).append(summary(plan)).append("\n\n");
        if (plan.getActionsCount() > 0) {
            text.append(actions(plan)).append("\n\n");
        }
        plan.getShortagesList()
                .forEach(shortage -> text.append(shortage(shortage)).append("\n\n"));
        text.append(hosts(plan.getHostsList()));
        text.append(PlacementView.listed("to know", plan.getNotesList()));
        return text.toString().stripTrailing();
    }

    private static String summary(PlanResponse plan) {
        long starts = plan.getActionsList().stream()
                .filter(action -> action.getKind().equals("START"))
                .count();
        long stops = plan.getActionsCount() - starts;
        int steps = plan.getActionsList().stream()
                .mapToInt(PlannedAction::getStep)
                .max()
                .orElse(0);
        return plan.getActionsCount() == 0
                ? "nothing would be started or stopped"
                : Words.count(starts, "task") + " would start and " + stops + " stop, in " + Words.count(steps, "step");
    }

    private static String actions(PlanResponse plan) {
        Map<List<String>, SortedMap<String, Integer>> rows = new LinkedHashMap<>();
        for (PlannedAction action : plan.getActionsList()) {
            List<String> key = List.of(
                    String.valueOf(action.getStep()),
                    action.getKind().toLowerCase(Locale.ROOT),
                    action.getService(),
                    action.getTaskDefinition());
            rows.computeIfAbsent(key, row -> new TreeMap<>()).merge(action.getHostName(), 1, Integer::sum);
        }
        Table table = new Table("STEP", "ACTION", "TASKS", "SERVICE", "TASK DEFINITION", "HOSTS");
        rows.entrySet().stream().limit(MOST_ROWS).forEach(row -> {
            List<String> key = row.getKey();
            int tasks =
                    row.getValue().values().stream().mapToInt(Integer::intValue).sum();
            table.row(key.get(0), key.get(1), tasks, key.get(2), key.get(3), where(row.getValue()));
        });
        return table
                + (rows.size() > MOST_ROWS
                        ? "\n... and " + (rows.size() - MOST_ROWS) + " more lines; -o json has all of them"
                        : "");
    }

    private static String where(SortedMap<String, Integer> hosts) {
        return hosts.entrySet().stream()
                .map(host -> host.getKey() + (host.getValue() == 1 ? "" : " x" + host.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String shortage(PlannedShortage shortage) {
        List<HostVerdict> hosts = shortage.getExplanation().getHostsList();
        StringBuilder text =
                new StringBuilder(Words.count(shortage.getExplanation().getWaitingCount(), "task") + " of service "
                        + shortage.getService() + " would find no place:\n");
        Table table = new Table("HOST", "REASON", "DETAIL");
        hosts.stream()
                .limit(MOST_REASONS)
                .forEach(host -> table.row(host.getHostName(), host.getReason(), host.getDetail()));
        text.append(table.orElse("no container instance is registered"));
        if (hosts.size() > MOST_REASONS) {
            text.append("\n... and ").append(hosts.size() - MOST_REASONS).append(" more hosts");
        }
        return text.toString();
    }

    private static String hosts(List<PlannedHost> hosts) {
        Table table = new Table("HOST", "SUPPOSED", "TASKS", "CPU USED", "MEMORY USED", "MEMORY");
        hosts.stream()
                .limit(MOST_HOSTS)
                .forEach(host -> table.row(
                        host.getHostName(),
                        host.getFate().equals("KEPT") ? "" : host.getFate().toLowerCase(Locale.ROOT),
                        change(host.getTasksBefore(), host.getTasksAfter()),
                        change(host.getCpuUsedBefore(), host.getCpuUsedAfter()) + " of " + host.getCpuUnits(),
                        change(host.getMemoryUsedBefore(), host.getMemoryUsedAfter()) + " of " + host.getMemoryMib()
                                + " MiB",
                        bar(host)));
        return table.orElse("no container instances: start an agent, here with `staithe dev up`")
                + (hosts.size() > MOST_HOSTS
                        ? "\n... and " + (hosts.size() - MOST_HOSTS) + " more hosts; -o json has all of them"
                        : "")
                + (hosts.isEmpty() ? "" : "\nmemory: = stays used, + comes, - goes, . free")
                + "\n";
    }

    private static String change(long before, long after) {
        return before == after ? String.valueOf(before) : before + " -> " + after;
    }

    /** "=====+++............". */
    private static String bar(PlannedHost host) {
        int before = share(host.getMemoryUsedBefore(), host.getMemoryMib());
        int after = share(host.getMemoryUsedAfter(), host.getMemoryMib());
        int kept = Math.min(before, after);
        return "=".repeat(kept)
                + (after > before ? "+" : "-").repeat(Math.abs(after - before))
                + ".".repeat(BAR - Math.max(before, after));
    }

    private static int share(long used, long all) {
        return all == 0 ? 0 : (int) Math.max(0, Math.min(BAR, Math.ceilDiv(used * BAR, all)));
    }
}
