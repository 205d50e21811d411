/**
 * The nouns of the agent, all immutable. Start reading at {@link dev.staithe.agent.model.LocalTask}: what this host holds
 * to be true of one task.
 */
@NullMarked
package dev.staithe.agent.model;

import org.jspecify.annotations.NullMarked;
