package dev.staithe.agent.model;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.VolumeFrom;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a container needs of the others of its task by its settings alone, whatever its dependsOn says: links, volumesFrom,
 * and the namespaces that a task shares. Pure.
 *
 * <p>The engine refuses a container whose peers are not there yet, so whoever orders the steps of a task asks here.
 */
public final class TaskPeers {
    private TaskPeers() {}

    /** Names of the containers that must have been created before this one is: the engine looks them up then. */
    public static SortedSet<String> neededForCreate(TaskDefinition task, ContainerDefinition container) {
        SortedSet<String> names = neededForStart(task, container);
        container.getVolumesFromList().stream()
                .map(VolumeFrom::getSourceContainer)
                .forEach(names::add);
        return names;
    }

    /** Names of the containers that must run when this one starts: those it is linked to, and whose namespaces it joins. */
    public static SortedSet<String> neededForStart(TaskDefinition task, ContainerDefinition container) {
        SortedSet<String> names = new TreeSet<>();
        container.getLinksList().forEach(link -> names.add(linked(link)));
        namespaceOwner(task).filter(owner -> !owner.equals(container.getName())).ifPresent(names::add);
        return names;
    }

    /** The name in a link: {@code db} in {@code db:database}. */
    public static String linked(String link) {
        int colon = link.indexOf(':');
        return colon < 0 ? link : link.substring(0, colon);
    }

    /**
     * The container in whose process or IPC namespace the others of the task are, when they share one: the first that needs
     * no other, is essential and is never started again, so that the namespace lives as long as the task does. Empty when
     * nothing is shared, or no container will do, which is refused at the door.
     */
    public static Optional<String> namespaceOwner(TaskDefinition task) {
        return sharesNamespaces(task)
                ? task.getContainerDefinitionsList().stream()
                        .filter(TaskPeers::mayOwnNamespaces)
                        .map(ContainerDefinition::getName)
                        .findFirst()
                : Optional.empty();
    }

    /** Whether pidMode or ipcMode puts the containers of the task into one namespace. */
    public static boolean sharesNamespaces(TaskDefinition task) {
        return (task.getPidMode().equals("task") || task.getIpcMode().equals("task"))
                && task.getContainerDefinitionsCount() > 1;
    }

    private static boolean mayOwnNamespaces(ContainerDefinition container) {
        return (!container.hasEssential() || container.getEssential())
                && !container.getRestartPolicy().getEnabled()
                && container.getDependsOnCount() == 0
                && container.getLinksCount() == 0
                && container.getVolumesFromCount() == 0;
    }
}
