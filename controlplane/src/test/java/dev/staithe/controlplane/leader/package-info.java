/** Tests of elections and of what a leader runs: {@link dev.staithe.controlplane.leader.LeaderElectionTest}. */
@NullMarked
package dev.staithe.controlplane.leader;

import org.jspecify.annotations.NullMarked;
