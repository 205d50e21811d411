package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tasks of services that one pass starts, or those that it stops, for the events that say so: one event for each service,
 * but for tasks that are moved to make a spread even one for each zone.
 */
final class TaskNews {
    private static final String ZONE = "ecs.availability-zone";

    /** By service, then by zone; the zone is empty for all that are not moved. */
    private final SortedMap<String, SortedMap<String, List<String>>> tasks = new TreeMap<>();

    void add(ClusterState state, Task task, boolean moved) {
        if (!task.standalone()) {
            tasks.computeIfAbsent(task.serviceUid(), uid -> new TreeMap<>())
                    .computeIfAbsent(moved ? place(state, task.instanceId()) : "", p -> new ArrayList<>())
                    .add(task.id());
        }
    }

    /** Takes one piece of news. */
    interface Teller {
        /** Tells of one service's tasks in one place: the zone of those that are moved; empty for those that are not. */
        void tell(String serviceUid, String place, List<String> taskIds);
    }

    void forEach(Teller teller) {
        tasks.forEach((uid, places) -> places.forEach((place, ids) -> teller.tell(uid, place, ids)));
    }

    /** The zone, or the host's name where hosts have no zones. */
    private static String place(ClusterState state, String instanceId) {
        return state.instance(instanceId).map(TaskNews::place).orElse(instanceId);
    }

    private static String place(ContainerInstance host) {
        String zone = host.attribute(ZONE);
        return zone == null || zone.isEmpty() ? host.hostName() : zone;
    }
}
