package dev.staithe.cli.outcome;

import org.jspecify.annotations.Nullable;

/**
 * A command that could not do what it was asked: what is wrong in one line, what to do next, and the exit code.
 *
 * <p>Anything else that is thrown is a bug of the command line and is shown as one.
 */
public class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Begins a line of a message that belongs to the line before, such as a line of a log. */
    public static final String INDENT = "  ";

    private final ExitCode code;
    private final String next;

    /**
     * @param message what is wrong, without a full stop; one line, or one for each thing that is wrong
     * @param next what the user can do about it; empty when the message says it
     */
    public CommandFailure(ExitCode code, String message, String next) {
        this(code, message, next, null);
    }

    public CommandFailure(ExitCode code, String message, String next, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.next = next;
    }

    public final ExitCode code() {
        return code;
    }

    public final String next() {
        return next;
    }

    /** What is wrong. */
    public final String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** A wrong command line. */
    public static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message, "");
    }
}
