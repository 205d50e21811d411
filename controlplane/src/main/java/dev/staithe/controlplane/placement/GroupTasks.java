package dev.staithe.controlplane.placement;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tasks of one group in one cluster that have not STOPPED, by their hosts: as stored, and as placed in this pass. */
final class GroupTasks {
    private final SlotCounts counts;
    private @Nullable Standing standing;

    GroupTasks(HostTable table) {
        counts = new SlotCounts(table.size());
    }

    /** The same without some of them, by host; what comes later to the one is not known to the other. */
    GroupTasks without(HostTable table, SlotCounts leaving) {
        GroupTasks rest = new GroupTasks(table);
        for (int i = 0; i < counts.size(); i++) {
            int slot = counts.touched(i);
            int left = counts.of(slot) - leaving.of(slot);
            if (left > 0) {
                rest.add(slot, left);
            }
        }
        return rest;
    }

    /** How many are on the host. */
    int on(int slot) {
        return counts.of(slot);
    }

    void add(int slot, int more) {
        boolean first = counts.of(slot) == 0;
        counts.add(slot, more);
        if (standing != null) {
            standing.add(slot, more, first);
        }
    }

    /** How they stand in the view; kept, and kept up to date, until another view is asked for. */
    Standing in(View view) {
        Standing known = standing;
        if (known == null || known.view != view || known.arrangement != view.arrangement()) {
            known = new Standing(view);
            for (int i = 0; i < counts.size(); i++) {
                int slot = counts.touched(i);
                known.add(slot, counts.of(slot), true);
            }
            standing = known;
        }
        return known;
    }

    /** How many of the group's tasks each area of a view has, and which hosts of each bucket have any. */
    static final class Standing {
        private final View view;
        private final long arrangement;
        private final int[] tasks;
        private final int[][] hosts;
        private final int[] hostCounts;

        private Standing(View view) {
            this.view = view;
            this.arrangement = view.arrangement();
            this.tasks = new int[view.areaCount()];
            this.hosts = new int[view.buckets()][];
            this.hostCounts = new int[view.buckets()];
        }

        private void add(int slot, int more, boolean first) {
            int bucket = view.bucketOf(slot);
            for (int area : view.areas(bucket)) {
                if (area >= 0) {
                    tasks[area] += more;
                }
            }
            if (first) {
                int[] own = hosts[bucket];
                int count = hostCounts[bucket]++;
                if (own == null) {
                    own = new int[4];
                } else if (own.length == count) {
                    own = Arrays.copyOf(own, count * 2);
                }
                own[count] = slot;
                hosts[bucket] = own;
            }
        }

        /** In the area, which is not -1. */
        int tasks(int area) {
            return tasks[area];
        }

        /** How many hosts of the bucket have any. */
        int hosts(int bucket) {
            return hostCounts[bucket];
        }

        /** One of those, by number from 0. */
        int host(int bucket, int number) {
            return hosts[bucket][number];
        }
    }
}
