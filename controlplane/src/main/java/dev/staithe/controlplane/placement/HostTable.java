package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hosts of one cluster with what they have left, each in a slot: slots are numbered in the order of the instance ids, so
 * that a comparison of slots is a comparison of ids. A table has the same hosts for all its life; what it says of each
 * changes, and the changes are numbered, so that whoever orders hosts can follow.
 */
final class HostTable {
    private final String cluster;
    private final String[] ids;
    private final ContainerInstance[] hosts;
    private final long[] editions;
    private final Usage[] usage;
    private final long[] cpuLeft;
    private final long[] memoryLeft;
    private final int[] gpusLeft;
    private final Map<String, Integer> slots;
    private int[] changes = new int[256];
    private long forgotten;
    private int remembered;

    HostTable(String cluster, ClusterState state) {
        this.cluster = cluster;
        List<ContainerInstance> all = state.instances().stream()
                .filter(host -> host.cluster().equals(cluster))
                .toList();
        int size = all.size();
        ids = new String[size];
        hosts = new ContainerInstance[size];
        editions = new long[size];
        usage = new Usage[size];
        cpuLeft = new long[size];
        memoryLeft = new long[size];
        gpusLeft = new int[size];
        slots = LinkedHashMap.newLinkedHashMap(size);
        for (int slot = 0; slot < size; slot++) {
            ContainerInstance host = all.get(slot);
            ids[slot] = host.id();
            slots.put(host.id(), slot);
            hosts[slot] = host;
            editions[slot] = 1;
            uses(slot, state.usage(host.id()));
        }
    }

    String cluster() {
        return cluster;
    }

    int size() {
        return ids.length;
    }

    /** The slot of the host, or -1. */
    int slot(String id) {
        return slots.getOrDefault(id, -1);
    }

    ContainerInstance host(int slot) {
        return hosts[slot];
    }

    /** From 1; grows whenever what is said of the host itself may have changed, as opposed to what its tasks take. */
    long edition(int slot) {
        return editions[slot];
    }

    List<ContainerInstance> hosts() {
        return Arrays.asList(hosts);
    }

    Usage usage(int slot) {
        return usage[slot];
    }

    /** Units. */
    long cpuLeft(int slot) {
        return cpuLeft[slot];
    }

    /** MiB. */
    long memoryLeft(int slot) {
        return memoryLeft[slot];
    }

    int gpusLeft(int slot) {
        return gpusLeft[slot];
    }

    boolean hasLeft(int slot, long cpu, long memory, int gpus) {
        return memoryLeft[slot] >= memory && cpuLeft[slot] >= cpu && gpusLeft[slot] >= gpus;
    }

    /** A task of this demand goes there. */
    void take(int slot, Demand demand) {
        uses(slot, usage[slot].plus(demand));
        changed(slot);
    }

    /** The host is this now, and its tasks take that of it. */
    void refresh(int slot, ContainerInstance host, Usage used) {
        if (!hosts[slot].equals(host)) {
            hosts[slot] = host;
            editions[slot]++;
        }
        uses(slot, used);
        changed(slot);
    }

    private void uses(int slot, Usage used) {
        ContainerInstance host = hosts[slot];
        usage[slot] = used;
        cpuLeft[slot] = host.cpu() - used.cpu();
        memoryLeft[slot] = host.memory() - used.memory();
        gpusLeft[slot] = host.gpus().size() - used.gpus();
    }

    private void changed(int slot) {
        if (remembered == changes.length) {
            if (remembered > 4 * ids.length) {
                // Whoever is so far behind had better begin anew.
                forgotten += remembered;
                remembered = 0;
            } else {
                changes = Arrays.copyOf(changes, remembered * 2);
            }
        }
        changes[remembered++] = slot;
    }

    /** How many changes there were. */
    long version() {
        return forgotten + remembered;
    }

    /** Whether the changes since that version are still known. */
    boolean remembers(long version) {
        return version >= forgotten;
    }

    /** The slot that was changed after that version. */
    int change(long version) {
        return changes[(int) (version - forgotten)];
    }
}
