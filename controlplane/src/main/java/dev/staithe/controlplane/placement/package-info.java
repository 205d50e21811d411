/**
 * Answers where. Pure, like {@code reconcile}. Start reading at {@link dev.staithe.controlplane.placement.Placer};
 * {@link dev.staithe.controlplane.placement.Capacity} holds the one {@code fits()}. How hosts are found without looking at
 * all of them is in {@code HostTable} (what each has left), {@code View} (which of them a kind of request may use, in order)
 * and {@code Search} (the best for one request).
 */
@NullMarked
package dev.staithe.controlplane.placement;

import org.jspecify.annotations.NullMarked;
