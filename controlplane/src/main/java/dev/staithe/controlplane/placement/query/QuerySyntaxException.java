package dev.staithe.controlplane.placement.query;

/** A text that is no expression. The message is one line for the user, and ends with the column. */
public final class QuerySyntaxException extends Exception {
    private final String problem;
    private final int column;

    QuerySyntaxException(String problem, int column) {
        // An expected outcome: where it was found tells nobody anything.
        super(problem + ", column " + column, null, false, false);
        this.problem = problem;
        this.column = column;
    }

    /** The message: what is wrong, and where. */
    public String line() {
        return problem + ", column " + column;
    }

    /** What is wrong, without the column. */
    public String problem() {
        return problem;
    }

    /** Where it is wrong: the first character (code point) is 1, and what is missing at the end is one after the last. */
    public int column() {
        return column;
    }
}
