package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Demand;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Finds the best host for one task of a request after the other.
 *
 * <p>A view has the hosts in buckets; within a bucket, all hosts that have no task of the group yet stand in the order of the
 * ranking, so the first of them that fits is the best of them. The hosts that have some are looked at one by one, and only
 * where they can win. The best of each bucket is remembered; a task changes that of the bucket it goes to, and no other.
 */
final class Search {
    private static final int UNKNOWN = -2;

    private final HostTable table;
    private final View view;
    private final GroupTasks group;
    private final GroupTasks.Standing standing;
    private final List<Level> levels;
    private final Demand demand;
    private final IntPredicate admits;
    private final IntPredicate admitsFresh;
    private final String seed;
    private final boolean freshFirst;
    private final boolean freshOnly;
    private final boolean countsHosts;
    private final boolean lots;
    private int[] best;
    private long ticket;
    private int bestLike;

    /**
     * @param admits what a host must be or have beyond cpu, memory and GPUs, of all that changes with its tasks
     * @param distinct no two tasks of the group on a host
     */
    Search(
            HostTable table,
            View view,
            GroupTasks group,
            List<Level> levels,
            PlacementRequest request,
            boolean distinct,
            IntPredicate admits) {
        this.table = table;
        this.view = view;
        this.group = group;
        this.standing = group.in(view);
        this.levels = levels;
        this.demand = request.demand();
        this.seed = request.seed();
        this.admits = admits;
        this.countsHosts = levels.contains(new Level.Host());
        this.lots = levels.contains(new Level.Lot());
        this.freshOnly = distinct;
        this.freshFirst = distinct || (countsHosts && firstWithinBucket() instanceof Level.Host);
        this.admitsFresh = countsHosts || distinct ? slot -> group.on(slot) == 0 && admits.test(slot) : admits;
        this.best = new int[view.buckets()];
        Arrays.fill(best, UNKNOWN);
    }

    private Level firstWithinBucket() {
        for (Level level : levels) {
            if (!(level instanceof Level.Zone)) {
                return level;
            }
        }
        return new Level.Host();
    }

    /** The slot of the best host for the task with that number, from 0, or {@link Forest#NONE}. */
    int next(int ordinal) {
        view.follow();
        if (lots) {
            ticket = Lots.ticket(seed, ordinal);
            Arrays.fill(best, UNKNOWN);
        }
        int winner = Forest.NONE;
        for (int bucket = 0; bucket < best.length; bucket++) {
            if (best[bucket] == UNKNOWN) {
                best[bucket] = bestOf(bucket);
            }
            winner = better(winner, best[bucket]);
        }
        return winner;
    }

    /** The host got the task. */
    void taken(int slot) {
        best[view.bucketOf(slot)] = UNKNOWN;
    }

    private int bestOf(int bucket) {
        int fresh = view.first(bucket, demand.cpu(), demand.memory(), demand.gpus(), admitsFresh);
        if (fresh != Forest.NONE && lots) {
            fresh = luckiestLike(bucket, fresh);
        }
        if (freshOnly || !countsHosts || (freshFirst && fresh != Forest.NONE)) {
            return fresh;
        }
        int winner = fresh;
        for (int i = 0; i < standing.hosts(bucket); i++) {
            int slot = standing.host(bucket, i);
            if (view.has(slot)
                    && table.hasLeft(slot, demand.cpu(), demand.memory(), demand.gpus())
                    && admits.test(slot)) {
                winner = better(winner, slot);
            }
        }
        return winner;
    }

    private int luckiestLike(int bucket, int slot) {
        bestLike = Forest.NONE;
        view.eachLike(bucket, slot, demand.cpu(), demand.memory(), demand.gpus(), other -> {
            if (admitsFresh.test(other)) {
                bestLike = better(bestLike, other);
            }
        });
        return bestLike;
    }

    private int better(int a, int b) {
        if (a == Forest.NONE || b == Forest.NONE) {
            return Math.max(a, b);
        }
        for (Level level : levels) {
            int order = Long.compare(figure(level, a), figure(level, b));
            if (order != 0) {
                return order < 0 ? a : b;
            }
        }
        return Math.min(a, b);
    }

    private long figure(Level level, int slot) {
        return switch (level) {
            case Level.Zone zone -> {
                int area = view.areas(view.bucketOf(slot))[zone.depth()];
                yield area < 0 ? Long.MAX_VALUE : standing.tasks(area);
            }
            case Level.Host host -> group.on(slot);
            case Level.FreeCpu cpu -> table.cpuLeft(slot);
            case Level.FreeMemory memory -> table.memoryLeft(slot);
            case Level.MostMemory memory -> -table.memoryLeft(slot);
            case Level.Lot lot -> Lots.draw(ticket, table.digest(slot));
        };
    }
}
