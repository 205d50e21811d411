/**
 * Answers where. Pure, like {@code reconcile}. Start reading at {@link dev.staithe.controlplane.placement.Placer};
 * {@link dev.staithe.controlplane.placement.Capacity} holds the one {@code fits()}.
 */
@NullMarked
package dev.staithe.controlplane.placement;

import org.jspecify.annotations.NullMarked;
