package dev.staithe.agent.model;

import java.util.OptionalInt;

/**
 * The newest run of a container, and how many came before it. A container that is started again keeps its id, its files and its
 * logs; its runs are told apart by when they began, as the engine stamped it: a look at an earlier run says nothing of this one.
 *
 * <p>Stamps are compared for being the same only, never for their order: the host's clock may have been set in between.
 *
 * @param startedAt by the host's clock, milliseconds since the epoch; 0 = it never ran
 * @param finishedAt when it ended; 0 = it runs, or the engine did not say
 * @param exitCode present once it ended
 * @param restarts how often the container was started again
 * @param former when the run before this one began; the same as startedAt = that run is over and the next one is awaited;
 *     0 = there was none
 */
public record Run(long startedAt, long finishedAt, OptionalInt exitCode, int restarts, long former) {
    /** Of a container that has not run yet. */
    public static final Run NEVER = new Run(0, 0, OptionalInt.empty(), 0, 0);

    /** Whether there was a run at all. */
    public boolean ever() {
        return startedAt > 0;
    }

    /** Whether this run is over and the next one is to come. */
    public boolean awaited() {
        return former > 0 && former == startedAt;
    }

    /** Whether a run that began then is the one before this, so that what is seen of it comes too late. */
    public boolean follows(long began) {
        return former > 0 && former == began;
    }

    /** This run is over, and the next one is awaited. */
    public Run again() {
        return new Run(startedAt, finishedAt, exitCode, restarts + 1, startedAt);
    }

    /** A newer run, which began then; one that nobody here awaited counts as a restart too. */
    public Run next(long began) {
        return new Run(began, 0, OptionalInt.empty(), awaited() ? restarts : restarts + 1, startedAt);
    }

    /** It began then, if it was not known. */
    public Run began(long at) {
        return ever() ? this : new Run(at, finishedAt, exitCode, restarts, former);
    }

    /** It has ended; a first exit code stays. */
    public Run ended(OptionalInt code, long at) {
        return exitCode.isPresent() || code.isEmpty() ? this : new Run(startedAt, at, code, restarts, former);
    }
}
