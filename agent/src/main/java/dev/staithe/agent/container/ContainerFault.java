package dev.staithe.agent.container;

import org.jspecify.annotations.Nullable;

/**
 * A call to the engine failed. The kind is the name that ECS gives such an error, and the message the engine's own words:
 * together they become the reason of a container that could not run.
 */
public final class ContainerFault extends Exception {
    private static final long serialVersionUID = 1;

    /** ECS's names of errors. */
    public enum Kind {
        CannotPullContainerError,
        CannotCreateContainerError,
        CannotStartContainerError,
        CannotStopContainerError,
        CannotRemoveContainerError,
        CannotInspectContainerError,
        CannotCreateVolumeError,
        CannotRemoveImageError,
        CannotRemoveVolumeError,
        /** Not one of ECS's: its agent runs commands by a program of its own inside the container. */
        CannotExecuteCommandError,
        DockerTimeoutError,
        /** What a container needs beside its image cannot be had: a secret, above all. */
        ResourceInitializationError,
        /** The control plane was asked and did not answer; the same question may be answered later. */
        ControlPlaneUnavailableError,
        /** The engine did not answer at all; the same call may work later. */
        EngineUnavailableError
    }

    private final Kind kind;
    private final boolean retriable;

    /**
     * @param retriable whether the same call may work later: a busy registry, an engine that restarts; not a missing
     *     image, not a refused setting
     */
    public ContainerFault(Kind kind, String message, boolean retriable, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retriable = retriable;
    }

    /** A fault that this side found, without an exception of the engine's client behind it. */
    public ContainerFault(Kind kind, String message, boolean retriable) {
        super(message);
        this.kind = kind;
        this.retriable = retriable;
    }

    public Kind kind() {
        return kind;
    }

    public boolean retriable() {
        return retriable;
    }

    /** "CannotPullContainerError: manifest unknown" */
    public String reason() {
        return kind + ": " + getMessage();
    }
}
