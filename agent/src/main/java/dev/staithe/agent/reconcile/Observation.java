package dev.staithe.agent.reconcile;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.Run;
import java.util.OptionalInt;

/** Takes what the engine shows into what is held to be true. Pure, and monotone: a late look changes nothing back. */
public final class Observation {
    /** 128 + SIGTERM. */
    private static final int BY_STOP_SIGNAL = 143;

    private Observation() {}

    /** The container after a look at it. A look at a run that is over changes nothing of the one that followed. */
    public static LocalContainer seen(LocalContainer held, ContainerView view) {
        boolean another = held.onEngine() && !held.runtimeId().equals(view.id());
        if (another || held.run().follows(view.startedAtMillis())) {
            return held;
        }
        Phase shown = switch (view.state()) {
            case CREATED -> Phase.CREATED;
            case RUNNING -> Phase.RUNNING;
            case STOPPED -> Phase.STOPPED;
        };
        boolean stopped = view.state() == ContainerView.State.STOPPED;
        boolean newer = held.phase() == Phase.RUNNING
                && held.ran()
                && view.startedAtMillis() > 0
                && view.startedAtMillis() != held.startedAt();
        String known = newer ? "" : held.reason();
        return new LocalContainer(
                held.name(),
                held.image(),
                shown.compareTo(held.phase()) > 0 ? shown : held.phase(),
                view.id(),
                view.state() == ContainerView.State.RUNNING,
                run(newer ? held.run().next(view.startedAtMillis()) : held.run(), view),
                known.isEmpty() && stopped ? reason(view) : known,
                shown.compareTo(Phase.RUNNING) < 0 ? held.waits() : "",
                stopped && view.health() == Health.NONE ? held.health() : view.health(),
                view.healthOutput().isEmpty() && stopped ? held.healthOutput() : view.healthOutput(),
                view.ports().isEmpty() ? held.ports() : view.ports(),
                false,
                held.imageDigest());
    }

    private static Run run(Run known, ContainerView view) {
        Run run = known.began(view.startedAtMillis());
        return view.state() == ContainerView.State.STOPPED && view.startedAtMillis() > 0
                ? run.ended(view.exitCode(), view.finishedAtMillis())
                : run;
    }

    /** The container after a look that did not find it. */
    public static LocalContainer missing(LocalContainer held) {
        return held.ended(
                        "ContainerVanishedError: the engine no longer has the container; it was removed by someone else")
                .gone();
    }

    /** A container that was found by its labels alone. */
    public static LocalContainer found(String name, ContainerView view) {
        return seen(LocalContainer.waiting(name, view.imageId()), view);
    }

    private static String reason(ContainerView view) {
        OptionalInt exit = view.exitCode();
        if (killedForMemory(view)) {
            return "OutOfMemoryError: Container killed due to memory usage";
        }
        return view.error().isEmpty() || (exit.isPresent() && view.startedAtMillis() > 0)
                ? ""
                : "CannotStartContainerError: " + view.error();
    }

    /**
     * Engines note every kill in the container's cgroup, and keep the note: the kill may have met a child that the container
     * lived without, or, where the limit is the task's, a neighbour. One that ended well, or by its stop signal, ended for
     * another reason.
     */
    private static boolean killedForMemory(ContainerView view) {
        int exit = view.exitCode().orElse(0);
        return view.oomKilled() && exit != 0 && exit != BY_STOP_SIGNAL;
    }
}
