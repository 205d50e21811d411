package dev.staithe.agent;

import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;

/** Assignments for tests. */
public final class Tasks {
    public static final String IMAGE = "shop/web:1";

    private Tasks() {}

    /** Different in its first digits, which names are made of. */
    public static String id(int number) {
        return "%012x%020d".formatted(number, 0);
    }

    /** A task of one essential container, "app". */
    public static AssignedTask.Builder web(int number) {
        return of(number, app());
    }

    public static AssignedTask.Builder of(int number, ContainerDefinition.Builder... containers) {
        TaskDefinition.Builder definition = TaskDefinition.newBuilder().setFamily("web");
        for (ContainerDefinition.Builder container : containers) {
            definition.addContainerDefinitions(container);
        }
        return AssignedTask.newBuilder()
                .setTaskId(id(number))
                .setCluster("default")
                .setGroup("service:web")
                .setRevision(3)
                .setTaskDefinition(definition)
                .setDesiredStatus("RUNNING");
    }

    public static ContainerDefinition.Builder app() {
        return container("app", IMAGE);
    }

    public static ContainerDefinition.Builder container(String name, String image) {
        return ContainerDefinition.newBuilder().setName(name).setImage(image).setMemory(64);
    }

    /** The same task, to be stopped. */
    public static AssignedTask stopped(AssignedTask.Builder task, String reason) {
        return task.clone().setDesiredStatus("STOPPED").setStopReason(reason).build();
    }

    /** The name that the engine knows the container by. */
    public static String name(int number, String container) {
        return "staithe-web-3-" + container + "-" + id(number).substring(0, 12);
    }
}
