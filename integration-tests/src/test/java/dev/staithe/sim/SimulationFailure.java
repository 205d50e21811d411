package dev.staithe.sim;

/** A simulation came to an end that it must not have: a broken invariant, a bug, no convergence. */
final class SimulationFailure extends Error {
    private static final long serialVersionUID = 1;

    SimulationFailure(String what) {
        super(what);
    }

    SimulationFailure(String what, Throwable cause) {
        super(what, cause);
    }
}
