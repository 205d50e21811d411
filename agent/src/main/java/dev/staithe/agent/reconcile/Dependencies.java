package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.TaskPeers;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Cycles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * Which containers of a task need which others, and how far those must have come: what dependsOn says, and what links,
 * volumesFrom and shared namespaces imply. Pure, made from the definition alone.
 *
 * <p>A graph with a cycle is refused at every door. Should one be here all the same, nothing depends on anything: a task that
 * can be stopped is worth more than an order.
 */
final class Dependencies {
    /** How far a container must have come before another one goes on. */
    enum Condition {
        /** It exists on the engine: its volumes can be shared. */
        CREATED,
        /** It runs at this moment: its address, or its namespaces, are used. */
        RUNNING,
        /** It was started. */
        START,
        /** It has ended, in whatever way. */
        COMPLETE,
        /** It has ended with exit code 0. */
        SUCCESS,
        HEALTHY
    }

    /** The dependent is not created before the condition holds for the other. */
    record Need(String dependent, String on, Condition condition) {}

    static final Dependencies NONE = new Dependencies(List.of());

    private final List<Need> needs;

    private Dependencies(List<Need> needs) {
        this.needs = needs;
    }

    static Dependencies of(AssignedTask task) {
        return cycle(task.definition()).isPresent() ? NONE : new Dependencies(needs(task.definition()));
    }

    /** What this container needs, in the order of the definition. */
    List<Need> of(String container) {
        return needs.stream().filter(n -> n.dependent().equals(container)).toList();
    }

    /** Names of the containers that need this one directly. */
    SequencedSet<String> dependentsOf(String container) {
        SequencedSet<String> names = new LinkedHashSet<>();
        needs.stream().filter(n -> n.on().equals(container)).forEach(n -> names.add(n.dependent()));
        return names;
    }

    /** Containers that wait for each other, the first one named again at the end; empty when there are none. */
    static Optional<List<String>> cycle(TaskDefinition task) {
        SequencedMap<String, List<String>> waits = new LinkedHashMap<>();
        task.getContainerDefinitionsList().forEach(container -> waits.put(container.getName(), new ArrayList<>()));
        needs(task)
                .forEach(need -> waits.computeIfAbsent(need.dependent(), any -> new ArrayList<>())
                        .add(need.on()));
        return Cycles.find(waits);
    }

    private static List<Need> needs(TaskDefinition task) {
        List<Need> needs = new ArrayList<>();
        for (ContainerDefinition container : task.getContainerDefinitionsList()) {
            String name = container.getName();
            container
                    .getDependsOnList()
                    .forEach(d -> needs.add(new Need(name, d.getContainerName(), condition(d.getCondition()))));
            TaskPeers.neededForCreate(task, container).forEach(on -> needs.add(new Need(name, on, Condition.CREATED)));
            TaskPeers.neededForStart(task, container).forEach(on -> needs.add(new Need(name, on, Condition.RUNNING)));
        }
        return needs;
    }

    /** The assignment was checked: a word that is none of these does not come here. */
    private static Condition condition(String word) {
        return switch (word) {
            case "COMPLETE" -> Condition.COMPLETE;
            case "SUCCESS" -> Condition.SUCCESS;
            case "HEALTHY" -> Condition.HEALTHY;
            default -> Condition.START;
        };
    }
}
