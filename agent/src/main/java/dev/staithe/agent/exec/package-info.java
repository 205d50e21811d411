/**
 * Runs commands in containers for callers of the control plane. Start reading at
 * {@link dev.staithe.agent.exec.ExecRelay}.
 */
@NullMarked
package dev.staithe.agent.exec;

import org.jspecify.annotations.NullMarked;
