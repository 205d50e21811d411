package dev.staithe.controlplane.placement;

/** Whether a host can take one more task. */
public sealed interface Verdict {
    /** It can. */
    record Fits() implements Verdict {}

    /**
     * It cannot.
     *
     * @param reason the first of what stands in the way
     * @param lacking how much is missing, in the unit of the reason: CPU units, MiB, ports, attributes; 0 where nothing is
     *     counted
     * @param detail everything that stands in the way, with the figures, for people
     */
    record Refused(Reason reason, long lacking, String detail) implements Verdict {}
}
