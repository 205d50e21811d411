/**
 * The {@link dev.staithe.agent.traffic.ConnectionGate} of a Linux host. Start reading at
 * {@link dev.staithe.agent.traffic.linux.LinuxGate}.
 */
@NullMarked
package dev.staithe.agent.traffic.linux;

import org.jspecify.annotations.NullMarked;
