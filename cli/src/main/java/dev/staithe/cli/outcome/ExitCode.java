package dev.staithe.cli.outcome;

/**
 * How a command ended, as the status of its process. The numbers are stable: scripts rely on them.
 *
 * @param code the status of the process, 0-255
 */
public record ExitCode(int code) {
    /** Done, or nothing to do. */
    public static final ExitCode OK = new ExitCode(0);

    public static final ExitCode ERROR = new ExitCode(1);

    /** Nothing was done, and something would be: {@code plan}. */
    public static final ExitCode CHANGES_PENDING = new ExitCode(2);

    /** The deployment failed, and an earlier revision took its place again. */
    public static final ExitCode ROLLED_BACK = new ExitCode(3);

    /** The deployment failed and nothing took its place. */
    public static final ExitCode FAILED = new ExitCode(4);

    /** No container instance can take the tasks. */
    public static final ExitCode NOT_PLACED = new ExitCode(5);

    public static final ExitCode TIMED_OUT = new ExitCode(6);
    public static final ExitCode NOT_FOUND = new ExitCode(7);

    /** The control plane does not answer. */
    public static final ExitCode UNREACHABLE = new ExitCode(8);

    /** The command line itself is wrong: EX_USAGE of sysexits.h. */
    public static final ExitCode USAGE = new ExitCode(64);

    public ExitCode {
        if (code < 0 || code > 255) {
            throw new IllegalArgumentException("code: " + code + " (expected: 0-255)");
        }
    }

    /** That of a container which a command ran in the foreground, as the command's own. */
    public static ExitCode ofContainer(int code) {
        return new ExitCode(code & 0xff);
    }
}
