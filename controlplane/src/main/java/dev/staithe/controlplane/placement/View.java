package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * The hosts of a table as requests of one {@link Shape} see them: those that can take any of their tasks at all, parted into
 * buckets by the attributes over which is spread, each bucket in the order of the figures that do not depend on the group.
 *
 * <p>Follows the table's changes when it is next asked: a view that nobody asks costs nothing.
 */
final class View {
    private final HostTable table;
    private final List<Level> levels;
    private final Predicate<ContainerInstance> eligible;
    private final Forest forest;
    private final long[] seen;
    private final int[] bucketOf;
    private final boolean[] member;
    private final long[] followed;
    private final Map<List<String>, Integer> bucketNumbers = new LinkedHashMap<>();
    private final Map<List<String>, Integer> areaNumbers = new LinkedHashMap<>();
    private final List<int[]> areas = new ArrayList<>();
    private int[] roots = new int[4];
    private long version;
    private long arrangement;

    /** @param eligible whether a host can take tasks of the shape, for all that does not change with its tasks */
    View(HostTable table, List<Level> levels, Predicate<ContainerInstance> eligible) {
        this.table = table;
        this.levels = levels;
        this.eligible = eligible;
        this.forest = new Forest(table);
        this.seen = new long[table.size()];
        this.bucketOf = new int[table.size()];
        this.member = new boolean[table.size()];
        this.followed = new long[table.size()];
        Arrays.fill(bucketOf, -1);
        version = table.version();
        for (int slot = 0; slot < table.size(); slot++) {
            look(slot);
        }
    }

    /** Takes in what has changed. */
    void follow() {
        if (table.remembers(version)) {
            for (long change = version; change < table.version(); change++) {
                int slot = table.change(change);
                // Of many changes of one host the last one counts, and each has seen them all.
                if (followed[slot] <= change) {
                    look(slot);
                    followed[slot] = table.version();
                }
            }
        } else {
            for (int slot = 0; slot < table.size(); slot++) {
                look(slot);
            }
        }
        version = table.version();
    }

    private void look(int slot) {
        int bucket = bucketOf[slot];
        if (member[slot]) {
            roots[bucket] = forest.remove(roots[bucket], slot);
        }
        if (seen[slot] != table.edition(slot)) {
            seen[slot] = table.edition(slot);
            ContainerInstance host = table.host(slot);
            bucketOf[slot] = bucket(host);
            member[slot] = eligible.test(host);
            if (bucketOf[slot] != bucket) {
                bucket = bucketOf[slot];
                arrangement++;
            }
        }
        if (member[slot]) {
            roots[bucket] = forest.insert(roots[bucket], slot, figure(slot, 0), figure(slot, 1));
        }
    }

    /** The figure of the level that is the first, or the second, of those that do not depend on the group. */
    private long figure(int slot, int number) {
        int left = number;
        for (Level level : levels) {
            switch (level) {
                case Level.FreeCpu cpu -> {
                    if (left-- == 0) {
                        return table.cpuLeft(slot);
                    }
                }
                case Level.FreeMemory memory -> {
                    if (left-- == 0) {
                        return table.memoryLeft(slot);
                    }
                }
                case Level.MostMemory memory -> {
                    if (left-- == 0) {
                        return -table.memoryLeft(slot);
                    }
                }
                case Level.Zone zone -> {}
                case Level.Host host -> {}
                case Level.Lot lot -> {}
            }
        }
        return 0;
    }

    /** The bucket of the hosts that have the same values of the attributes over which is spread. */
    private int bucket(ContainerInstance host) {
        List<String> values = new ArrayList<>();
        List<Integer> own = new ArrayList<>();
        for (Level level : levels) {
            if (level instanceof Level.Zone zone) {
                String value = host.attribute(zone.attribute());
                values.add(value == null ? "" : "=" + value);
                own.add(value == null ? -1 : areaNumbers.computeIfAbsent(List.copyOf(values), v -> areaNumbers.size()));
            }
        }
        Integer known = bucketNumbers.get(values);
        if (known != null) {
            return known;
        }
        int bucket = areas.size();
        bucketNumbers.put(List.copyOf(values), bucket);
        areas.add(own.stream().mapToInt(Integer::intValue).toArray());
        if (bucket == roots.length) {
            roots = Arrays.copyOf(roots, bucket * 2);
        }
        roots[bucket] = Forest.NONE;
        return bucket;
    }

    int buckets() {
        return areas.size();
    }

    int bucketOf(int slot) {
        return bucketOf[slot];
    }

    /** Whether the host can take tasks of the shape, for all that does not change with its tasks. */
    boolean has(int slot) {
        return member[slot];
    }

    /**
     * The areas over which the bucket is part of the spread, one for each level that spreads over an attribute: the hosts with
     * the same values up to that level. -1 where its hosts do not have the attribute.
     */
    int[] areas(int bucket) {
        return areas.get(bucket);
    }

    int areaCount() {
        return areaNumbers.size();
    }

    /** Changes when a host changes its bucket. */
    long arrangement() {
        return arrangement;
    }

    /** The first host of the bucket that has this much left and that the filter admits, or {@link Forest#NONE}. */
    int first(int bucket, long cpu, long memory, int gpus, IntPredicate filter) {
        return forest.first(roots[bucket], cpu, memory, gpus, filter);
    }
}
