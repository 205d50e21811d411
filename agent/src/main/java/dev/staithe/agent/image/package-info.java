/**
 * Images on the host: fetched when a task needs them, removed when none has needed them for a while. Start reading at {@link
 * dev.staithe.agent.image.ImagePulls}; which image goes next is decided by {@link dev.staithe.agent.image.CleanupPlan}.
 */
@NullMarked
package dev.staithe.agent.image;

import org.jspecify.annotations.NullMarked;
