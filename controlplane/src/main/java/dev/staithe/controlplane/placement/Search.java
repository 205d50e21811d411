package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Demand;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best host for one task of a request after the other.
 *
 * <p>A view has the hosts in buckets; within a bucket, all hosts that have no task of the group yet stand in the order of the
 * ranking, so the first of them that fits is the best of them. The hosts that have some are compared one by one, once, and
 * only where they can win; from then on they stand in a heap. The best of each bucket is remembered: a task changes that of
 * the bucket it goes to, and no other.
 */
final class Search {
    private static final int UNKNOWN = -2;

    private final HostTable table;
    private final View view;
    private final GroupTasks group;
    private final GroupTasks counted;
    private final GroupTasks.Standing standing;
    private final List<Level> levels;
    private final Demand demand;
    private final IntPredicate admits;
    private final IntPredicate admitsFresh;
    private final String seed;
    private final boolean freshWins;
    private final boolean distinct;
    private final boolean countsHosts;
    private final int[] best;
    private final @Nullable PriorityQueue<Integer>[] used;

    /**
     * @param group the request's, which constraints see
     * @param counted those of the group that strategies count: all of them, or all but some that are about to go
     * @param distinct no two tasks of the group on a host
     * @param admits what a host must be or have beyond cpu, memory and GPUs, of all that changes with its tasks
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // An array of heaps.
    Search(
            HostTable table,
            View view,
            GroupTasks group,
            GroupTasks counted,
            List<Level> levels,
            PlacementRequest request,
            boolean distinct,
            IntPredicate admits) {
        this.table = table;
        this.view = view;
        this.group = group;
        this.counted = counted;
        this.standing = counted.in(view);
        this.levels = levels;
        this.demand = request.demand();
        this.seed = request.seed();
        this.admits = admits;
        this.distinct = distinct;
        this.countsHosts = levels.contains(new Level.Host());
        this.freshWins = firstWithinBucket(levels) instanceof Level.Host;
        this.admitsFresh = fresh(distinct ? group : counted, countsHosts || distinct, admits);
        this.best = new int[view.buckets()];
        this.used = new PriorityQueue[view.buckets()];
        Arrays.fill(best, UNKNOWN);
    }

    private static IntPredicate fresh(GroupTasks none, boolean asked, IntPredicate admits) {
        return asked ? slot -> none.on(slot) == 0 && admits.test(slot) : admits;
    }

    private static Level firstWithinBucket(List<Level> levels) {
        for (Level level : levels) {
            if (!(level instanceof Level.Zone)) {
                return level;
            }
        }
        return new Level.Lot();
    }

    /** The slot of the best host for the task with that number, from 0, or {@link Forest#NONE}. */
    int next(int ordinal) {
        view.follow();
        int winner = Forest.NONE;
        for (int bucket = 0; bucket < best.length; bucket++) {
            if (best[bucket] == UNKNOWN) {
                best[bucket] = bestOf(bucket);
            }
            winner = better(winner, best[bucket]);
        }
        if (winner != Forest.NONE && levels.getLast() instanceof Level.Lot) {
            winner = byLot(winner, ordinal);
        }
        if (winner != Forest.NONE) {
            // Its figures are about to change, and with them its place.
            PriorityQueue<Integer> heap = used[view.bucketOf(winner)];
            if (heap != null) {
                heap.remove(winner);
            }
        }
        return winner;
    }

    /** The host got the task. */
    void taken(int slot) {
        if (!counted.equals(group)) {
            counted.add(slot, 1);
        }
        int bucket = view.bucketOf(slot);
        best[bucket] = UNKNOWN;
        PriorityQueue<Integer> heap = used[bucket];
        if (heap != null && fits(slot)) {
            heap.add(slot);
        }
    }

    private int bestOf(int bucket) {
        int fresh = view.first(bucket, demand.cpu(), demand.memory(), demand.gpus(), admitsFresh);
        if (distinct || !countsHosts || (freshWins && fresh != Forest.NONE)) {
            return fresh;
        }
        PriorityQueue<Integer> heap = used[bucket];
        if (heap == null) {
            heap = new PriorityQueue<>(this::compare);
            for (int i = 0; i < standing.hosts(bucket); i++) {
                int slot = standing.host(bucket, i);
                if (fits(slot)) {
                    heap.add(slot);
                }
            }
            used[bucket] = heap;
        }
        return heap.isEmpty() ? fresh : better(fresh, heap.peek());
    }

    /** One of those that the strategies find as good as this one. */
    private int byLot(int winner, int ordinal) {
        return Lots.pick(seed, ordinal, table.size(), slot -> slot == winner || (fits(slot) && sameRank(slot, winner)));
    }

    private boolean fits(int slot) {
        return view.has(slot)
                && table.hasLeft(slot, demand.cpu(), demand.memory(), demand.gpus())
                && (!distinct || group.on(slot) == 0)
                && admits.test(slot);
    }

    private int better(int a, int b) {
        if (a == Forest.NONE || b == Forest.NONE) {
            return Math.max(a, b);
        }
        return compare(a, b) <= 0 ? a : b;
    }

    private int compare(int a, int b) {
        for (Level level : levels) {
            int order = Long.compare(figure(level, a), figure(level, b));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a, b);
    }

    private boolean sameRank(int a, int b) {
        for (Level level : levels) {
            if (figure(level, a) != figure(level, b)) {
                return false;
            }
        }
        return true;
    }

    private long figure(Level level, int slot) {
        return switch (level) {
            case Level.Zone zone -> {
                int area = view.areas(view.bucketOf(slot))[zone.depth()];
                yield area < 0 ? Long.MAX_VALUE : standing.tasks(area);
            }
            case Level.Host host -> counted.on(slot);
            case Level.FreeCpu cpu -> table.cpuLeft(slot);
            case Level.FreeMemory memory -> table.memoryLeft(slot);
            case Level.MostMemory memory -> -table.memoryLeft(slot);
            case Level.Lot lot -> 0;
        };
    }
}
