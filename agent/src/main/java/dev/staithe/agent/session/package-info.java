/**
 * The conversation with the leading control plane. Start reading at {@link dev.staithe.agent.session.ControlSession}:
 * it finds the leader and keeps a session alive; what the leader wants goes through the intake into the ledger, what the
 * tasks report goes through the outbox until it is acknowledged. The wire is a port ({@link
 * dev.staithe.agent.session.Dialer}, {@link dev.staithe.agent.session.Link}).
 */
@NullMarked
package dev.staithe.agent.session;

import org.jspecify.annotations.NullMarked;
