/**
 * What containers use: processor, memory, network, disks. Start reading at {@link dev.staithe.agent.stats.Meter}. Nothing is
 * sampled while nobody asks, and nothing of it is kept.
 */
@NullMarked
package dev.staithe.agent.stats;

import org.jspecify.annotations.NullMarked;
