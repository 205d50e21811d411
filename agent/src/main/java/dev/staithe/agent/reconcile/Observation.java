package dev.staithe.agent.reconcile;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import java.util.OptionalInt;

/** Takes what the engine shows into what is held to be true. Pure, and monotone: a late look changes nothing back. */
public final class Observation {
    private Observation() {}

    /** The container after a look at it. */
    public static LocalContainer seen(LocalContainer held, ContainerView view) {
        if (held.onEngine() && !held.runtimeId().equals(view.id())) {
            return held;
        }
        Phase shown = switch (view.state()) {
            case CREATED -> Phase.CREATED;
            case RUNNING -> Phase.RUNNING;
            case STOPPED -> Phase.STOPPED;
        };
        boolean stopped = view.state() == ContainerView.State.STOPPED;
        boolean neverSeenStopped = stopped && held.exitCode().isEmpty();
        return new LocalContainer(
                held.name(),
                held.image(),
                shown.compareTo(held.phase()) > 0 ? shown : held.phase(),
                view.id(),
                view.state() == ContainerView.State.RUNNING,
                Math.max(held.startedAt(), view.startedAtMillis()),
                neverSeenStopped && view.startedAtMillis() > 0 ? view.exitCode() : held.exitCode(),
                held.reason().isEmpty() && stopped ? reason(view) : held.reason(),
                stopped && view.health() == Health.NONE ? held.health() : view.health(),
                view.healthOutput().isEmpty() && stopped ? held.healthOutput() : view.healthOutput(),
                view.ports().isEmpty() ? held.ports() : view.ports(),
                false,
                held.imageDigest());
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
        if (view.oomKilled()) {
            return "OutOfMemoryError: Container killed due to memory usage";
        }
        return view.error().isEmpty() || (exit.isPresent() && view.startedAtMillis() > 0)
                ? ""
                : "CannotStartContainerError: " + view.error();
    }
}
