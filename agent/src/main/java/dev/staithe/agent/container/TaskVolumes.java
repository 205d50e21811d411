package dev.staithe.agent.container;

import dev.staithe.proto.v1.Volume;

/** How the volumes of a task definition become volumes of the host. Every implementation of the port follows it. */
public final class TaskVolumes {
    private TaskVolumes() {}

    /** Where a volume's content is, and how long it lives. */
    public enum Kind {
        /** A directory of the host. */
        HOST_PATH,
        /** A volume of the engine, made for one task and removed after it. */
        TASK,
        /** A volume of the engine that outlives tasks and is never removed by an agent. */
        SHARED
    }

    public static Kind kind(Volume volume) {
        if (!volume.getHost().getSourcePath().isEmpty()) {
            return Kind.HOST_PATH;
        }
        return volume.getDockerVolumeConfiguration().getScope().equals("shared") ? Kind.SHARED : Kind.TASK;
    }

    /** The engine's name of a volume that was declared as one of the engine's. */
    public static String engineName(String taskId, Volume volume) {
        return kind(volume) == Kind.SHARED ? volume.getName() : "staithe-" + taskId + "-" + volume.getName();
    }
}
