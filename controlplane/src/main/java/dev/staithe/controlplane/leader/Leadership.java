package dev.staithe.controlplane.leader;

import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;

/**
 * That this replica leads, for one term.
 *
 * @param epoch the revision at which the leader's key was created: grows with every term
 */
public record Leadership(long epoch) {
    /** The fence that every transaction of this term carries. */
    public Guard.Held guard() {
        return new Guard.Held(Keys.LEADER, epoch);
    }
}
