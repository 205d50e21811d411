/** Tests of agents' sessions over a wire: {@link dev.staithe.controlplane.api.agent.AgentEndpointTest}. */
@NullMarked
package dev.staithe.controlplane.api.agent;

import org.jspecify.annotations.NullMarked;
