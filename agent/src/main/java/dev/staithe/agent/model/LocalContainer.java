package dev.staithe.agent.model;

import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import java.util.List;
import java.util.OptionalInt;

/**
 * What this host holds to be true of one container of a task.
 *
 * @param name in its task definition
 * @param runtimeId the engine's id; empty before it was created
 * @param ran whether it has ever run
 * @param exitCode present once it ran and stopped
 * @param reason why it stopped or never ran, in ECS's form; empty when there is nothing to say
 * @param removed whether the engine has been told to remove it
 */
public record LocalContainer(
        String name,
        String image,
        Phase phase,
        String runtimeId,
        boolean ran,
        OptionalInt exitCode,
        String reason,
        Health health,
        String healthOutput,
        List<PortBinding> ports,
        boolean removed) {
    /** How far a container has come; it never goes back. */
    public enum Phase {
        /** Nothing has been done for it. */
        WAITING,
        /** Its image is on the host. */
        PULLED,
        CREATED,
        RUNNING,
        STOPPED
    }

    public LocalContainer {
        ports = List.copyOf(ports);
    }

    /** A container for which nothing has been done. */
    public static LocalContainer waiting(String name, String image) {
        return new LocalContainer(
                name, image, Phase.WAITING, "", false, OptionalInt.empty(), "", Health.NONE, "", List.of(), false);
    }

    /** Whether it has stopped, or will never start. */
    public boolean stopped() {
        return phase == Phase.STOPPED;
    }

    /** Its image is there. */
    public LocalContainer pulled() {
        return phase == Phase.WAITING ? with(Phase.PULLED, runtimeId, ran, reason) : this;
    }

    /** The engine has it under this id. */
    public LocalContainer created(String id) {
        return with(phase.compareTo(Phase.CREATED) < 0 ? Phase.CREATED : phase, id, ran, reason);
    }

    /** It is over, or will not be started; a first reason stays. */
    public LocalContainer ended(String why) {
        return stopped() ? this : with(Phase.STOPPED, runtimeId, ran, reason.isEmpty() ? why : reason);
    }

    /** The engine no longer has it. */
    public LocalContainer gone() {
        return new LocalContainer(
                name, image, phase, runtimeId, ran, exitCode, reason, health, healthOutput, ports, true);
    }

    private LocalContainer with(Phase newPhase, String id, boolean hasRun, String why) {
        return new LocalContainer(
                name, image, newPhase, id, hasRun, exitCode, why, health, healthOutput, ports, removed);
    }
}
