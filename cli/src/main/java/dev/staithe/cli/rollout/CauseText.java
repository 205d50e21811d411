package dev.staithe.cli.rollout;

import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Task;

/** A cause in a sentence. */
final class CauseText {
    private CauseText() {}

    static String sentence(Cause cause) {
        return switch (cause) {
            case Cause.ImageNotPulled it -> "the image " + it.image() + " cannot be pulled";
            case Cause.CommandNotRunnable it ->
                name(it.container())
                        + exitCode(it.container(), " ended with exit code ", ": ")
                        + (it.container().hasExitCode() ? "" : ": ")
                        + "its command is not in the image, or cannot be executed";
            case Cause.PortTaken it ->
                name(it.container()) + " cannot have its host port: a process on the host that is no task has it";
            case Cause.MountFailed it -> name(it.container()) + ": a volume or mount point cannot be set up";
            case Cause.NotStarted it -> name(it.container()) + " could not be started: the container engine refused it";
            case Cause.OutOfMemory it ->
                name(it.container()) + " was killed: it used more memory than it may have"
                        + exitCode(it.container(), " (OOM, exit code ", ")");
            case Cause.Signalled it ->
                name(it.container()) + " was ended by " + Signals.name(it.signal())
                        + exitCode(it.container(), " (exit code ", ")");
            case Cause.Exited it ->
                name(it.container()) + " ended by itself with exit code " + it.code()
                        + (it.code() == 0 ? ": a service's containers have to keep running" : "");
            case Cause.Unhealthy it -> name(it.container()) + " runs, but its health check fails";
            case Cause.NotYetRunning it -> notYet(it.task());
            case Cause.Other it -> it.reason().isEmpty() ? "it stopped for a reason that is not known" : it.reason();
        };
    }

    private static String notYet(Task task) {
        if (task.getLastStatus().equals("RUNNING")) {
            return "it runs, but is not healthy yet";
        }
        boolean pulling = task.hasPullStartedAt() && !task.hasPullStoppedAt();
        return pulling ? "its image is still being pulled" : "it has not started yet";
    }

    private static String name(Container container) {
        return "container " + container.getName();
    }

    private static String exitCode(Container container, String before, String after) {
        return container.hasExitCode() ? before + container.getExitCode() + after : "";
    }
}
