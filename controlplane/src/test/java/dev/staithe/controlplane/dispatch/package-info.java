/** Tests of the leader's side of sessions: {@link dev.staithe.controlplane.dispatch.AgentSessionsTest}. */
@NullMarked
package dev.staithe.controlplane.dispatch;

import org.jspecify.annotations.NullMarked;
