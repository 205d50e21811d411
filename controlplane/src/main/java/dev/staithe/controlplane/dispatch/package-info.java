/**
 * The leader's side of the agent sessions: says which tasks each host is to hold, and hands on what hosts report. Start
 * reading at {@link dev.staithe.controlplane.dispatch.AgentSessions}; what a host should hold is a pure difference
 * ({@code AssignmentDiff}).
 */
@NullMarked
package dev.staithe.controlplane.dispatch;

import org.jspecify.annotations.NullMarked;
