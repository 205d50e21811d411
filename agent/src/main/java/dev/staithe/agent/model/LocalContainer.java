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
 * @param live whether it runs, as far as the engine was last seen; a container that is over may still be live when a start
 *     was answered by an error and happened all the same
 * @param run its newest run
 * @param reason why it stopped or never ran, in ECS's form; empty when there is nothing to say
 * @param waits what it waits for before it is created or started, for people; empty while it waits for nothing. Soft: found
 *     again by the reconciler
 * @param removed whether the engine no longer has it
 * @param imageDigest sha256:..., of its image in a registry; empty when it came from none, or is not there yet
 */
public record LocalContainer(
        String name,
        String image,
        Phase phase,
        String runtimeId,
        boolean live,
        Run run,
        String reason,
        String waits,
        Health health,
        String healthOutput,
        List<PortBinding> ports,
        boolean removed,
        String imageDigest) {
    /** How far a container has come; it never goes back. One that is started again stays RUNNING meanwhile. */
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
                name, image, Phase.WAITING, "", false, Run.NEVER, "", "", Health.NONE, "", List.of(), false, "");
    }

    /** When its newest run began, by the host's clock, milliseconds since the epoch; 0 = it never ran. */
    public long startedAt() {
        return run.startedAt();
    }

    /** Of its newest run; present once that has ended. */
    public OptionalInt exitCode() {
        return run.exitCode();
    }

    /** Whether it has ever run. */
    public boolean ran() {
        return run.ever();
    }

    /** Whether it has ended and is to be started again: the agent has decided it, and no newer run was seen yet. */
    public boolean restarting() {
        return phase == Phase.RUNNING && run.awaited();
    }

    /** Whether it is over: it has stopped, or will never start. */
    public boolean over() {
        return phase == Phase.STOPPED;
    }

    /** Whether the engine may still have it. */
    public boolean onEngine() {
        return !runtimeId.isEmpty() && !removed;
    }

    /** Its image is there. */
    public LocalContainer pulled(String digest) {
        return phase == Phase.WAITING ? with(Phase.PULLED, runtimeId, live, reason, removed, digest) : this;
    }

    /** The engine has it under this id. */
    public LocalContainer created(String id) {
        return with(phase.compareTo(Phase.CREATED) < 0 ? Phase.CREATED : phase, id, live, reason, false);
    }

    /** It is over, or will not be started; a first reason stays. */
    public LocalContainer ended(String why) {
        return over() ? this : with(Phase.STOPPED, runtimeId, live, reason.isEmpty() ? why : reason, removed);
    }

    /** The engine no longer has it. */
    public LocalContainer gone() {
        return with(phase, runtimeId, false, reason, true);
    }

    /** It has ended and will be started again, as its restart policy says. */
    public LocalContainer toRestart() {
        return new LocalContainer(
                name,
                image,
                Phase.RUNNING,
                runtimeId,
                false,
                run.again(),
                "",
                "",
                health,
                healthOutput,
                ports,
                removed,
                imageDigest);
    }

    /** It waits for this; empty = for nothing. */
    public LocalContainer waitingFor(String what) {
        return what.equals(waits)
                ? this
                : new LocalContainer(
                        name,
                        image,
                        phase,
                        runtimeId,
                        live,
                        run,
                        reason,
                        what,
                        health,
                        healthOutput,
                        ports,
                        removed,
                        imageDigest);
    }

    private LocalContainer with(Phase newPhase, String id, boolean isLive, String why, boolean isRemoved) {
        return with(newPhase, id, isLive, why, isRemoved, imageDigest);
    }

    private LocalContainer with(
            Phase newPhase, String id, boolean isLive, String why, boolean isRemoved, String digest) {
        return new LocalContainer(
                name,
                image,
                newPhase,
                id,
                isLive,
                run,
                why,
                newPhase.compareTo(Phase.RUNNING) < 0 ? waits : "",
                health,
                healthOutput,
                ports,
                isRemoved,
                digest);
    }
}
