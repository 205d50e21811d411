package dev.staithe.controlplane.placement.query;

/** A text that is no pattern, or none that is allowed here. */
final class PatternException extends Exception {
    private final String problem;
    private final int index;

    PatternException(String problem, int index) {
        // An expected outcome: where it was found tells nobody anything.
        super(problem, null, false, false);
        this.problem = problem;
        this.index = index;
    }

    String problem() {
        return problem;
    }

    /** In the pattern, from 0. */
    int index() {
        return index;
    }
}
