package dev.staithe.cli.render;

import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementDecision;
import java.util.List;
import java.util.stream.Collectors;

/** Where the next task would go and why, for people, on one screen. */
public final class PlacementView {
    private static final int MOST_HOSTS = 20;

    private PlacementView() {}

    /**
     * The page.
     *
     * @param what the task is of: "service web", "task definition web:2"
     */
    public static String text(String what, PlacementDecision decision, List<String> notes) {
        Page page = new Page(13);
        page.line(
                decision.getDaemon()
                        ? what + ", a daemon, " + spread(decision)
                        : "the next task of " + what + " " + outcome(decision));
        page.gap();
        page.field("needs", decision.getDemand());
        page.field("constraints", decision.getConstraintsCount() == 0 ? "none" : join(decision.getConstraintsList()));
        page.field("strategies", join(decision.getStrategiesList()));
        StringBuilder text = new StringBuilder(page.toString())
                .append('\n')
                .append(decision.getDaemon() ? daemon(decision.getHostsList()) : hosts(decision.getHostsList()));
        text.append(listed("the smallest changes that would make one fit", decision.getSuggestionsList()));
        text.append(listed("what else keeps " + what + " from what is wanted", notes));
        return text.toString().stripTrailing();
    }

    /** Whether it waits for room on a host where it is to run: hosts that do not match are not to have it. */
    public static boolean lacksRoom(PlacementDecision decision) {
        return decision.getHostsList().stream().anyMatch(PlacementView::lacksRoom);
    }

    private static boolean lacksRoom(HostVerdict host) {
        return host.getReason().startsWith("RESOURCE:");
    }

    private static String spread(PlacementDecision decision) {
        List<HostVerdict> hosts = decision.getHostsList();
        long has = hosts.stream().filter(host -> !host.getTask().isEmpty()).count();
        long next = hosts.stream().filter(HostVerdict::getFits).count();
        long waiting = hosts.stream().filter(PlacementView::lacksRoom).count();
        return "has a task on " + has + " of " + Words.count(hosts.size(), "host")
                + (next > 0 ? ", starts on " + next : "")
                + (waiting > 0 ? ", finds no room on " + waiting : "");
    }

    private static String daemon(List<HostVerdict> hosts) {
        Table table = new Table("HOST", "VERDICT", "WHY");
        hosts.stream()
                .limit(MOST_HOSTS)
                .forEach(host -> table.row(
                        host.getHostName(),
                        !host.getTask().isEmpty() ? "runs" : host.getFits() ? "fits" : verdict(host.getReason()),
                        host.getDetail()));
        return table(table, hosts.size());
    }

    private static String table(Table table, int hosts) {
        String more =
                hosts > MOST_HOSTS ? "... and " + (hosts - MOST_HOSTS) + " more hosts; -o json has all of them\n" : "";
        return table.orElse("no container instance is registered; see `staithe instance list`") + "\n" + more;
    }

    private static String outcome(PlacementDecision decision) {
        return decision.getHostsList().stream()
                .filter(host -> host.getFits() && host.getContainerInstance().equals(decision.getChosen()))
                .findFirst()
                .map(host -> "would go to " + host.getHostName())
                .orElse("fits nowhere");
    }

    private static String hosts(List<HostVerdict> hosts) {
        Table table = new Table("RANK", "HOST", "VERDICT", "WHY");
        hosts.stream()
                .limit(MOST_HOSTS)
                .forEach(host -> table.row(
                        host.getFits() ? host.getRank() : "-",
                        host.getHostName(),
                        host.getFits() ? "fits" : verdict(host.getReason()),
                        host.getFits() ? figures(host) : host.getDetail()));
        return table(table, hosts.size());
    }

    /** ECS's words for constraints are sentences; the first one says it. */
    private static String verdict(String reason) {
        return reason.replaceFirst(" placement constraint unsatisfied\\.$", "");
    }

    /** In the order of the strategies, which stand above; whose tasks are counted is known. */
    private static String figures(HostVerdict host) {
        return host.getRankingList().stream()
                .map(figure -> figure.substring(figure.indexOf(": ") + 2))
                .map(figure -> figure.replaceFirst("( tasks?) of \\S+$", "$1").replaceFirst("^has ", "host has "))
                .collect(Collectors.joining("; "));
    }

    static String listed(String heading, List<String> lines) {
        if (lines.isEmpty()) {
            return "";
        }
        Page page = new Page(2);
        page.gap();
        page.line(heading + ":");
        lines.forEach(line -> page.field("-", line));
        return page.toString();
    }

    private static String join(List<String> parts) {
        return String.join(", then ", parts);
    }
}
