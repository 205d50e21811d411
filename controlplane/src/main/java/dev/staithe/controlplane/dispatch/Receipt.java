package dev.staithe.controlplane.dispatch;

/**
 * Names a message with reports, so that it can be acknowledged to the session that it came through and to no other: the
 * agent may have begun to count anew since.
 *
 * @param number the agent's; 0 = nothing to acknowledge
 */
public record Receipt(long session, long number) {
    /** The later of two of the same host. */
    public static Receipt later(Receipt a, Receipt b) {
        if (a.session != b.session) {
            return a.session > b.session ? a : b;
        }
        return a.number > b.number ? a : b;
    }
}
