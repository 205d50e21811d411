/**
 * What this host is and has. Start reading at {@link dev.staithe.agent.host.HostCapacity}: facts for the control plane, made
 * from what the engine says and what the operator reserved.
 */
@NullMarked
package dev.staithe.agent.host;

import org.jspecify.annotations.NullMarked;
