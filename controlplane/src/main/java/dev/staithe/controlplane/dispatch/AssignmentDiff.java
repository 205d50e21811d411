package dev.staithe.controlplane.dispatch;

import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has to be said to a host so that it holds what it should. Pure.
 *
 * @param upserts tasks that the host does not know, or knows with another desired status
 * @param gone tasks that it was told of and that are over
 */
record AssignmentDiff(List<Task> upserts, List<String> gone) {
    AssignmentDiff {
        upserts = List.copyOf(upserts);
        gone = List.copyOf(gone);
    }

    /** Compares what was sent (task id to desired status) with the tasks that are stored for the host. */
    static AssignmentDiff between(SortedMap<String, String> sent, List<Task> stored) {
        List<Task> upserts = new ArrayList<>();
        SortedMap<String, String> left = new TreeMap<>(sent);
        for (Task task : stored) {
            if (!task.stopped() && !desired(task).equals(left.remove(task.id()))) {
                upserts.add(task);
            }
        }
        return new AssignmentDiff(upserts, List.copyOf(left.keySet()));
    }

    static String desired(Task task) {
        return task.stopWanted() ? "STOPPED" : "RUNNING";
    }

    boolean isEmpty() {
        return upserts.isEmpty() && gone.isEmpty();
    }
}
