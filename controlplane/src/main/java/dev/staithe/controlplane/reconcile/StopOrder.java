package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Which tasks a service gives up first: the worse {@link Grade} first; among equals one on the host that has most live
 * tasks of the service, so that what is left stays spread; on that host the newest; then by id.
 *
 * <pre>
 * host a: t1 (HEALTHY, oldest), t2 (HEALTHY), t3 (HEALTHY, newest)     host b: t4 (HEALTHY), t5 (PENDING)
 * give up 3 of them: t5 (pending), t3 (a has three, b one), t2 (a has two, b one)
 * </pre>
 */
final class StopOrder {
    private static final Comparator<Task> NEWEST_FIRST = Comparator.comparingLong(
                    (Task t) -> t.times().createdAt())
            .reversed()
            .thenComparing(Task::id);

    private final Map<String, Integer> liveByHost = new TreeMap<>();

    /** An order for a service with these live tasks. */
    StopOrder(List<Graded> live) {
        live.forEach(g -> liveByHost.merge(g.task().instanceId(), 1, Integer::sum));
    }

    /** Takes this many of the candidates, which all are live tasks of the service; fewer if there are not so many. */
    List<Task> take(List<Graded> candidates, int count) {
        List<Task> taken = new ArrayList<>();
        for (Grade grade : Grade.values()) {
            List<Task> equals = candidates.stream()
                    .filter(g -> g.grade() == grade)
                    .map(Graded::task)
                    .toList();
            takeEquals(equals, count, taken);
        }
        return taken;
    }

    private void takeEquals(List<Task> candidates, int count, List<Task> taken) {
        if (taken.size() >= count) {
            return;
        }
        Map<String, ArrayDeque<Task>> byHost = new TreeMap<>();
        candidates.stream()
                .sorted(NEWEST_FIRST)
                .forEach(t -> byHost.computeIfAbsent(t.instanceId(), h -> new ArrayDeque<>())
                        .add(t));
        PriorityQueue<Host> fullestFirst = new PriorityQueue<>(Host.FULLEST_FIRST);
        byHost.forEach((id, tasks) -> fullestFirst.add(new Host(id, liveByHost.getOrDefault(id, 0), tasks)));
        while (taken.size() < count && !fullestFirst.isEmpty()) {
            Host host = fullestFirst.remove();
            taken.add(host.tasks().remove());
            liveByHost.merge(host.id(), -1, Integer::sum);
            if (!host.tasks().isEmpty()) {
                fullestFirst.add(new Host(host.id(), host.live() - 1, host.tasks()));
            }
        }
    }

    private record Host(String id, int live, ArrayDeque<Task> tasks) {
        static final Comparator<Host> FULLEST_FIRST =
                Comparator.comparingInt(Host::live).reversed().thenComparing(Host::id);
    }
}
