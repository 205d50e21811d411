package dev.staithe.controlplane.model;

/**
 * Why a deployment was begun.
 *
 * @param givenUp of a rollback: the generation that is given up; else 0
 * @param broughtBack of a rollback: the generation whose revision is brought back; else 0
 */
public record Origin(Kind kind, long givenUp, long broughtBack) {
    public static final Origin CREATED = new Origin(Kind.CREATED, 0, 0);
    public static final Origin TASK_DEFINITION = new Origin(Kind.TASK_DEFINITION, 0, 0);
    public static final Origin FORCED = new Origin(Kind.FORCED, 0, 0);

    /** What started it. */
    public enum Kind {
        /** The service itself is new. */
        CREATED,
        /** Another revision is wanted. */
        TASK_DEFINITION,
        /** A user wanted all tasks replaced. */
        FORCED,
        /** A user went back. */
        ROLLBACK,
        /** The circuit breaker went back. */
        CIRCUIT_BREAKER
    }

    /** Whether it brings back what ran before. */
    public boolean rollback() {
        return broughtBack > 0;
    }
}
