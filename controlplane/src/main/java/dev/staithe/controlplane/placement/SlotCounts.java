package dev.staithe.controlplane.placement;

import java.util.Arrays;

/**
 * Tasks of one group by the slot of their host. Small for a group that is on few hosts, an array for one that is on many;
 * remembers which hosts have any, in the order in which they got their first.
 */
final class SlotCounts {
    private static final int FREE = -1;

    private final int slots;
    private int[] keys;
    private int[] counts;
    private int[] touched = new int[8];
    private int size;

    /** @param slots how many there can be */
    SlotCounts(int slots) {
        this.slots = slots;
        this.keys = filled(16);
        this.counts = new int[16];
    }

    int of(int slot) {
        if (keys.length == 0) {
            return counts[slot];
        }
        int place = place(slot);
        return keys[place] == FREE ? 0 : counts[place];
    }

    void add(int slot, int more) {
        if (of(slot) == 0) {
            touch(slot);
        }
        if (keys.length == 0) {
            counts[slot] += more;
            return;
        }
        int place = place(slot);
        keys[place] = slot;
        counts[place] += more;
        if (size * 2 > keys.length) {
            grow();
        }
    }

    /** How many slots have any. */
    int size() {
        return size;
    }

    /** One of those, by number from 0. */
    int touched(int number) {
        return touched[number];
    }

    private void touch(int slot) {
        if (size == touched.length) {
            touched = Arrays.copyOf(touched, size * 2);
        }
        touched[size++] = slot;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldCounts = counts;
        boolean dense = oldKeys.length * 4 > slots;
        keys = dense ? new int[0] : filled(oldKeys.length * 2);
        counts = new int[dense ? slots : oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int place = dense ? oldKeys[i] : place(oldKeys[i]);
                if (!dense) {
                    keys[place] = oldKeys[i];
                }
                counts[place] = oldCounts[i];
            }
        }
    }

    /** Where the slot is, or would be. */
    private int place(int slot) {
        int mask = keys.length - 1;
        int place = ((slot * 0x9E3779B9) >>> 7) & mask;
        while (keys[place] != FREE && keys[place] != slot) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private static int[] filled(int length) {
        int[] keys = new int[length];
        Arrays.fill(keys, FREE);
        return keys;
    }
}
