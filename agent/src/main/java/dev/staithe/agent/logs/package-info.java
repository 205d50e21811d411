/**
 * Relays what containers wrote. Start reading at {@link dev.staithe.agent.logs.LogRelay}.
 */
@NullMarked
package dev.staithe.agent.logs;

import org.jspecify.annotations.NullMarked;
