/** A {@link dev.staithe.agent.traffic.ConnectionGate} without a host, for tests and the simulator. */
@NullMarked
package dev.staithe.agent.traffic.fake;

import org.jspecify.annotations.NullMarked;
