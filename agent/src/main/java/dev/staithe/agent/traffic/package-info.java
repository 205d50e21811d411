/**
 * Who may connect to the tasks of this host. Start reading at {@link dev.staithe.agent.traffic.ConnectionGate}, the port
 * behind which the host's firewall sits; {@link dev.staithe.agent.traffic.Gatekeeper} is its only user.
 */
@NullMarked
package dev.staithe.agent.traffic;

import org.jspecify.annotations.NullMarked;
