package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** GPUs are reserved whole, by id. */
public final class Gpus {
    private Gpus() {}

    /**
     * The GPUs of the host that a new task gets: the first ones, in the order in which the host names them, that none of its
     * tasks holds.
     *
     * @param held the tasks of the host
     */
    public static List<String> take(ContainerInstance host, Collection<Task> held, int count) {
        if (count == 0) {
            return List.of();
        }
        TreeSet<String> taken = new TreeSet<>();
        held.stream()
                .filter(t -> !t.stopped())
                .forEach(t -> taken.addAll(t.marks().gpus()));
        return host.gpus().stream()
                .filter(id -> !taken.contains(id))
                .limit(count)
                .toList();
    }

    /** Container name to its own of the task's GPUs: each container in turn gets as many as it asks for. */
    public static SortedMap<String, List<String>> shared(TaskDefinition definition, List<String> ids) {
        SortedMap<String, List<String>> shares = new TreeMap<>();
        int next = 0;
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            int end = Math.min(ids.size(), next + wanted(container));
            if (end > next) {
                shares.put(container.getName(), ids.subList(next, end));
            }
            next = end;
        }
        return shares;
    }

    /** How many a container asks for; validated to be a whole number. */
    static int wanted(ContainerDefinition container) {
        return container.getResourceRequirementsList().stream()
                .filter(r -> r.getType().equals("GPU"))
                .mapToInt(r -> Integer.parseInt(r.getValue()))
                .sum();
    }
}
