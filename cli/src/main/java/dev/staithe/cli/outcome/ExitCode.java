package dev.staithe.cli.outcome;

/** How a command ended, as the status of its process. The numbers are stable: scripts rely on them. */
public enum ExitCode {
    /** Done, or nothing to do. */
    OK(0),
    ERROR(1),
    /** The deployment failed, and an earlier revision took its place again. */
    ROLLED_BACK(3),
    /** The deployment failed and nothing took its place. */
    FAILED(4),
    /** No container instance can take the tasks. */
    NOT_PLACED(5),
    TIMED_OUT(6),
    NOT_FOUND(7),
    /** The control plane does not answer. */
    UNREACHABLE(8),
    /** The command line itself is wrong: EX_USAGE of sysexits.h. */
    USAGE(64);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The status of the process. */
    public int code() {
        return code;
    }
}
