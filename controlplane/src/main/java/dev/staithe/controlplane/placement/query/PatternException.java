package dev.staithe.controlplane.placement.query;

/** A text that is no pattern, or none that is allowed here. */
final class PatternException extends Exception {
    private final int index;

    PatternException(String problem, int index) {
        // An expected outcome: where it was found tells nobody anything.
        super(problem, null, false, false);
        this.index = index;
    }

    /** In the pattern, from 0. */
    int index() {
        return index;
    }
}
