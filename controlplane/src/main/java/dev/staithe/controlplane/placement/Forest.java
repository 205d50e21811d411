package dev.staithe.controlplane.placement;

import java.util.function.IntPredicate;

/**
 * Ordered trees of hosts, one for each bucket of a {@link View}. A tree is in the order of two figures and then of the slot;
 * every node knows the most CPU, memory and GPUs that any host below it has left, so that the first host with enough of each
 * is found without a look at those that have too little.
 *
 * <p>Treaps: a node's priority is a digest of its slot, so that the same hosts always make the same trees. A node is a slot,
 * and in one tree at most.
 */
final class Forest {
    static final int NONE = -1;

    private final HostTable table;
    private final int[] left;
    private final int[] right;
    private final long[] first;
    private final long[] second;
    private final long[] mostCpu;
    private final long[] mostMemory;
    private final int[] mostGpus;

    Forest(HostTable table) {
        this.table = table;
        int slots = table.size();
        left = new int[slots];
        right = new int[slots];
        first = new long[slots];
        second = new long[slots];
        mostCpu = new long[slots];
        mostMemory = new long[slots];
        mostGpus = new int[slots];
    }

    /** Puts the slot, which is in no tree, into this one. The answer is the tree's new root. */
    int insert(int root, int slot, long firstFigure, long secondFigure) {
        first[slot] = firstFigure;
        second[slot] = secondFigure;
        left[slot] = NONE;
        right[slot] = NONE;
        return insert(root, slot);
    }

    private int insert(int root, int slot) {
        if (root == NONE) {
            measure(slot);
            return slot;
        }
        if (priority(slot) > priority(root)) {
            left[slot] = splitBefore(root, slot);
            measure(slot);
            return slot;
        }
        if (before(slot, root)) {
            left[root] = insert(left[root], slot);
        } else {
            right[root] = insert(right[root], slot);
        }
        measure(root);
        return root;
    }

    /** Cuts what is behind the slot off and hangs it to the slot's right; the answer is the root of what is before it. */
    private int splitBefore(int root, int slot) {
        if (root == NONE) {
            right[slot] = NONE;
            return NONE;
        }
        if (before(root, slot)) {
            right[root] = splitBefore(right[root], slot);
            measure(root);
            return root;
        }
        int front = splitBefore(left[root], slot);
        left[root] = right[slot];
        right[slot] = root;
        measure(root);
        return front;
    }

    /** Takes the slot, which is in this tree, out of it. The answer is the tree's new root. */
    int remove(int root, int slot) {
        if (root == slot) {
            return merge(left[slot], right[slot]);
        }
        if (before(slot, root)) {
            left[root] = remove(left[root], slot);
        } else {
            right[root] = remove(right[root], slot);
        }
        measure(root);
        return root;
    }

    private int merge(int front, int back) {
        if (front == NONE) {
            return back;
        }
        if (back == NONE) {
            return front;
        }
        if (priority(front) > priority(back)) {
            right[front] = merge(right[front], back);
            measure(front);
            return front;
        }
        left[back] = merge(front, left[back]);
        measure(back);
        return back;
    }

    /** The first host in the order of the tree that has this much of each left and that the filter admits, or NONE. */
    int first(int root, long cpu, long memory, int gpus, IntPredicate filter) {
        if (!mayHold(root, cpu, memory, gpus)) {
            return NONE;
        }
        int found = first(left[root], cpu, memory, gpus, filter);
        if (found != NONE) {
            return found;
        }
        if (table.hasLeft(root, cpu, memory, gpus) && filter.test(root)) {
            return root;
        }
        return first(right[root], cpu, memory, gpus, filter);
    }

    private boolean mayHold(int root, long cpu, long memory, int gpus) {
        return root != NONE && mostMemory[root] >= memory && mostCpu[root] >= cpu && mostGpus[root] >= gpus;
    }

    private boolean before(int a, int b) {
        int order = compareFigures(a, b);
        return order == 0 ? a < b : order < 0;
    }

    private int compareFigures(int a, int b) {
        int order = Long.compare(first[a], first[b]);
        return order == 0 ? Long.compare(second[a], second[b]) : order;
    }

    private void measure(int slot) {
        long cpu = table.cpuLeft(slot);
        long memory = table.memoryLeft(slot);
        int gpus = table.gpusLeft(slot);
        int l = left[slot];
        if (l != NONE) {
            cpu = Math.max(cpu, mostCpu[l]);
            memory = Math.max(memory, mostMemory[l]);
            gpus = Math.max(gpus, mostGpus[l]);
        }
        int r = right[slot];
        if (r != NONE) {
            cpu = Math.max(cpu, mostCpu[r]);
            memory = Math.max(memory, mostMemory[r]);
            gpus = Math.max(gpus, mostGpus[r]);
        }
        mostCpu[slot] = cpu;
        mostMemory[slot] = memory;
        mostGpus[slot] = gpus;
    }

    /** Any order will do that has nothing to do with that of the figures and of the slots. */
    private static int priority(int slot) {
        int hash = (slot + 1) * 0x9E3779B9;
        hash ^= hash >>> 15;
        return hash * 0x85EBCA6B;
    }
}
