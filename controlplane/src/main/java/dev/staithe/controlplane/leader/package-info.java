/**
 * Who leads. Start reading at {@link dev.staithe.controlplane.leader.LeaderElection}; what a leader holds is a
 * {@link dev.staithe.controlplane.leader.Leadership}. Writes the leader's key and no other.
 */
@NullMarked
package dev.staithe.controlplane.leader;

import org.jspecify.annotations.NullMarked;
